"""The outcome as a PDF, behind one interface."""

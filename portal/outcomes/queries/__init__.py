"""What people read about outcomes."""

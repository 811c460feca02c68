"""REDCap data dictionaries in and out."""

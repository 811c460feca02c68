"""The plugin of EURO-NMD."""

"""The plugin of ERNICA."""

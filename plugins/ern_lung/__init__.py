"""The plugin of ERN-LUNG."""

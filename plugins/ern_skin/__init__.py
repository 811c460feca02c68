"""The plugin of ERN-Skin."""

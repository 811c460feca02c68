"""The plugin of ERKNet."""

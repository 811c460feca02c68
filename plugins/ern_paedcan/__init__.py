"""The plugin of ERN PaedCan."""

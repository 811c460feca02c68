"""The plugin of ERN ITHACA."""

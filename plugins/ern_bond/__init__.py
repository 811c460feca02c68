"""The plugin of ERN BOND."""

"""The plugin of ERN CRANIO."""

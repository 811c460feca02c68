"""The plugin of ERN-EYE."""

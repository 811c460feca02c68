"""The plugin of ERN RITA."""

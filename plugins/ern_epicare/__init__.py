"""The plugin of ERN EpiCARE."""

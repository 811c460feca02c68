"""The plugin of ERN RARE-LIVER."""

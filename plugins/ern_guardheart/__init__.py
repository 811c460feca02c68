"""The plugin of ERN GUARD-Heart."""

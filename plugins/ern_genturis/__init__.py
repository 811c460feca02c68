"""The plugin of ERN GENTURIS."""

"""The plugin of Endo-ERN."""

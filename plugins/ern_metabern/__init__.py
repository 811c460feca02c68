"""The plugin of MetabERN."""

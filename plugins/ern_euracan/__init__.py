"""The plugin of EURACAN."""

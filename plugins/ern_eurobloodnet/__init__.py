"""The plugin of EuroBloodNet."""

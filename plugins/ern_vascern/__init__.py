"""The plugin of VASCERN."""

"""The plugin of ERN ReCONNET."""

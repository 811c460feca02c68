"""The plugin of ERN eUROGEN."""

"""The plugin of ERN TRANSPLANT-CHILD."""

"""The form definitions that the portal ships, read by the engine that will serve them."""

"""The plugin of ERN-RND."""

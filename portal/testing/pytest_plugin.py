"""Fixtures for tests of the portal and of plugins: one application a run, one transaction a test.

``PORTAL_TEST_DATABASE`` chooses the database: empty for SQLite, or the URL of a PostgreSQL server on
which databases may be made.
"""

import os
from collections.abc import Callable, Iterator
from contextvars import copy_context
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response
from flask.globals import _cv_app
from flask.testing import FlaskClient
from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import Connection, make_url

from portal.testing.world import World, build_world

DATABASE_FIXTURES = {"app", "database", "world", "client_as", "actor_of", "stack"}


def pytest_configure(config: pytest.Config) -> None:
    """Declare the mark that selects tests by database."""
    config.addinivalue_line("markers", "database: uses the test database")
    config.addinivalue_line("markers", "any_database: sees no difference between the databases")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark tests that use the database; a run on PostgreSQL needs only those and the journeys."""
    del config
    for item in items:
        if item.get_closest_marker("any_database"):
            continue
        if DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker("database")


def worker_name() -> str:
    """Return the name of the parallel test process, or ``main``."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


def make_database(server: str, name: str) -> str:
    """Create an empty PostgreSQL database ``name`` on ``server`` and return its URL."""
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    admin.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of an empty database for this test process."""
    server = os.environ.get("PORTAL_TEST_DATABASE", "")
    if server:
        return make_database(server, f"portal_test_{worker_name()}")
    return f"sqlite:///{tmp_path_factory.mktemp('database') / 'portal.sqlite'}"


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the application under test."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="session")
def whole_app(database: str, data_folder: Path) -> Flask:
    """The application, migrated and synced once for the run."""
    from portal import migrate
    from portal.access.actor import system
    from portal.access.fab import sync_roles
    from portal.app import create_app
    from portal.networks.service import sync_networks
    from portal.settings import load

    settings = load(
        {},
        ENV="test",
        DATABASE_URL=database,
        DATA_DIR=str(data_folder),
        MAIL_CHANNEL="none",
        WORKER="none",
        OIDC_ISSUER="http://127.0.0.1:9",  # nobody answers there, whatever runs on this machine
    )
    app = create_app(settings)
    app.after_request(_end_reading)
    migrate.upgrade()
    with app.app_context():
        sync_roles(system("sync"))
        sync_networks(system("sync"))
    return app


def _end_reading(response: Response) -> Response:
    """End the request's transaction before the web session is saved.

    In a test both share one connection: the savepoint of the reading would take the web session's row
    with it when it is rolled back at the end of the request.
    """
    from portal.kernel import db

    db.session.rollback()
    return response


@pytest.fixture
def app(whole_app: Flask) -> Iterator[Flask]:
    """The application inside one outer transaction that is rolled back after the test."""
    from portal.kernel import db

    db.session.remove()
    engine = db.engine()
    connection = engine.connect()
    connection.name = connection.dialect.name  # type: ignore[attr-defined]  # FAB asks its bind
    transaction = connection.begin()
    db.session.session_factory.configure(bind=connection, join_transaction_mode="create_savepoint")
    try:
        with whole_app.app_context():
            yield whole_app
    finally:
        db.session.remove()
        db.session.session_factory.configure(
            bind=engine, join_transaction_mode="conditional_savepoint"
        )
        transaction.rollback()
        connection.close()


@pytest.fixture
def world(app: Flask) -> World:
    """Two networks, two centres, a person for each role. See :mod:`portal.testing.world`."""
    del app
    return build_world()


@pytest.fixture
def actor_of(world: World) -> Callable[[str], Any]:
    """Return a function from persona to actor, read anew each time."""
    from portal.people.actors import load_actor

    return lambda persona: load_actor(world.people[persona])


class BrowserClient(FlaskClient):
    """A client whose every request has an application context, and so a ``g``, of its own.

    The ``app`` fixture holds a context open for services; Flask would reuse it for requests, and what
    one request keeps in ``g`` (the form token, the side menu's network) would leak into the next.
    """

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Send one request as a browser does."""
        from portal.kernel import db

        db.session.commit()  # what the test has made so far is there for the request

        def send() -> Any:
            _cv_app.set(None)  # type: ignore[arg-type]
            return super(BrowserClient, self).open(*args, **kwargs)

        return copy_context().run(send)


@pytest.fixture
def client_as(app: Flask, world: World) -> Callable[..., FlaskClient]:
    """Return a function from persona (or nothing: anonymous) to a logged-in test client."""
    from portal.people.sessions import begin_for_tests

    app.extensions["portal.throttle"].clear()  # each test comes to the door for the first time

    def make(persona: str = "", **session: Any) -> FlaskClient:
        client = BrowserClient(app, app.response_class)
        if persona:
            cookie = begin_for_tests(world.people[persona], **session)
            client.set_cookie("portal_session", cookie)
        return client

    return make


class Statements(list[str]):
    """The SQL statements that ran while counting."""


@pytest.fixture
def count_sql(app: Flask) -> Iterator[Statements]:
    """Collect SQL statements (not savepoints) that run during the test; clear it before measuring."""
    del app
    from portal.kernel import db

    statements = Statements()

    def note(conn: Connection, cursor: Any, statement: str, *rest: Any) -> None:
        del conn, cursor, rest
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")):
            statements.append(statement)

    event.listen(db.engine(), "before_cursor_execute", note)
    yield statements
    event.remove(db.engine(), "before_cursor_execute", note)

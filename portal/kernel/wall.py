"""For whom the database is read and written: said inside the transaction on PostgreSQL.

The transaction's setting ``portal.actor`` holds a person's id, or ``system:<work>`` for what no person
started; it ends with the transaction, whatever the pool does with the connection. No policy of the
database reads it yet. On SQLite nothing here does anything.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from portal.kernel import db

SETTING = "portal.actor"
NOBODY = ""
_KEY = "acting"
_SET = f"SELECT set_config('{SETTING}', %s, true)"


def current() -> str:
    """Return for whom this thread's session reads and writes now."""
    return str(db.session.info.get(_KEY, NOBODY))


def enter(scope: str) -> None:
    """Read and write for ``scope`` until the session ends or somebody else is entered."""
    session = db.session()
    if session.info.get(_KEY, NOBODY) == scope:
        return
    session.info[_KEY] = scope
    if session.in_transaction():
        _say(session.connection(), scope)


@contextmanager
def acting(scope: str) -> Iterator[None]:
    """Read and write for ``scope`` inside the block; what is pending is written inside it too."""
    before = current()
    if before == scope:
        yield
        return
    enter(scope)
    try:
        yield
        if db.writing.get():
            db.session.flush()
    finally:
        enter(before)


def _say(connection: Connection, scope: str) -> None:
    if connection.dialect.name != "postgresql":
        return
    raw: Any = connection.connection.dbapi_connection
    if raw.info.transaction_status == TransactionStatus.INERROR:
        return  # reads nothing any more; the rollback takes the value along
    try:
        with raw.pipeline():
            raw.execute(_SET, (scope,))
    except psycopg.Error as error:
        if raw.closed:
            connection.invalidate(error)
        raise OperationalError(_SET, (), error, connection_invalidated=bool(raw.closed)) from error

"""The database: one base for all tables, one session per request, SQLite and PostgreSQL alike.

The base is Flask-AppBuilder's, so that its role tables and ours are one metadata and one migration
history. SQLite runs in WAL mode; transactions that write begin IMMEDIATE, because a deferred
transaction that reads and then writes is refused at once when another writer was quicker.
"""

import json
from contextvars import ContextVar
from datetime import UTC, date, datetime
from typing import Any, ClassVar

from flask_appbuilder import Model
from sqlalchemy import JSON, DateTime, Engine, MetaData, String, create_engine, event
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.orm import Mapped, Session, mapped_column, scoped_session, sessionmaker
from sqlalchemy.types import TypeDecorator

from portal.kernel import ids

writing: ContextVar[bool] = ContextVar("writing", default=False)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC: aware in Python on both databases, refused when naive."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment as the database stores it."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone: use portal.kernel.clock.now()")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the stored moment as aware UTC."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Model.registry.update_type_annotation_map(
    {datetime: UtcDateTime(), dict[str, Any]: JSON(), list[Any]: JSON(), list[str]: JSON()}
)


class Base(Model):  # type: ignore[misc]
    """Base of all our tables. ``access_kind`` names the policy kind; see ``access/policy.py``."""

    __abstract__ = True
    access_kind: ClassVar[str] = ""


class Identified(Base):
    """A table whose rows carry a sortable, unguessable identifier of 26 characters."""

    __abstract__ = True
    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=ids.new_id)


def metadata() -> MetaData:
    """Return the one metadata of Flask-AppBuilder's tables and ours."""
    return Model.metadata  # type: ignore[no-any-return]


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=_jsonable)


def _jsonable(value: Any) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be stored as JSON")


def make_engine(url: str) -> Engine:
    """Return an engine for ``url`` with the settings that each database needs."""
    if url.startswith("sqlite"):
        engine = create_engine(url, json_serializer=_dump, connect_args={"timeout": 15})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(
        url, json_serializer=_dump, pool_pre_ping=True, pool_size=10, max_overflow=20
    )


def _prepare_sqlite(connection: Any, record: Any) -> None:
    del record
    connection.isolation_level = None  # SQLAlchemy's begin event decides how to begin
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=15000", "synchronous=FULL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing.get() else "BEGIN")


session: scoped_session[Session] = scoped_session(sessionmaker(expire_on_commit=False))
_engine: list[Engine] = []


def configure(url: str) -> Engine:
    """Bind the session to the database at ``url`` and return the engine."""
    engine = make_engine(url)
    session.remove()
    session.session_factory.configure(bind=engine)
    for old in _engine:
        old.dispose()
    _engine[:] = [engine]
    return engine


def engine() -> Engine:
    """Return the engine that :func:`configure` made."""
    if not _engine:
        raise RuntimeError("the database is not configured: call portal.app.create_app first")
    return _engine[0]

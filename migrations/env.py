"""Run migrations on the configured database: SQLite and PostgreSQL, one transaction each, under a lock."""

from alembic import context
from sqlalchemy import text

from portal.kernel import db
from portal.kernel.db import UtcDateTime
from portal.tables import import_models

import_models()


def _render(kind: str, thing: object, autogen: object) -> str | bool:
    if kind == "type" and isinstance(thing, UtcDateTime):
        autogen.imports.add("from portal.kernel.db import UtcDateTime")  # type: ignore[attr-defined]
        return "UtcDateTime()"
    return False


def run() -> None:
    """Migrate over the engine that ``db.configure`` made."""
    with db.engine().connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET lock_timeout = '5s'"))
            connection.execute(text("SELECT pg_advisory_lock(7264311)"))
            connection.commit()
        token = db.writing.set(True)
        try:
            context.configure(
                connection=connection,
                target_metadata=db.metadata(),
                render_as_batch=connection.dialect.name == "sqlite",
                render_item=_render,
                compare_type=True,
                transaction_per_migration=True,
            )
            with context.begin_transaction():
                context.run_migrations()
        finally:
            db.writing.reset(token)


run()

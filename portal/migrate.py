"""Bring the database to the newest migration, or back. Tables are made by migrations only."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from portal.kernel import carried, db


def configuration() -> Config:
    """Return alembic's configuration for this installation (checkout or wheel)."""
    config = Config()
    config.set_main_option("script_location", str(carried.folder("migrations")))
    return config


def upgrade(revision: str = "head") -> None:
    """Migrate forward to ``revision``."""
    command.upgrade(configuration(), revision)


def downgrade(revision: str) -> None:
    """Migrate back to ``revision`` (``base`` removes every table)."""
    command.downgrade(configuration(), revision)


def current() -> str | None:
    """Return the revision of the database, or nothing when it is empty."""
    with db.engine().connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str | None:
    """Return the newest revision that this installation knows."""
    return ScriptDirectory.from_config(configuration()).get_current_head()


def is_current() -> bool:
    """Return whether the database is at the newest revision (readiness)."""
    return current() == head()

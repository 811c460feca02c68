"""The composition root: the only module that knows every feature. A list of set-up calls."""

import logging
from pathlib import Path

from flask import Flask
from flask_appbuilder import AppBuilder
from jinja2 import FileSystemLoader
from sqlalchemy import text

from portal import (
    dashboards,
    documents,
    forms,
    migrate,
    networks,
    notifications,
    outcomes,
    panels,
    patients,
    people,
    support,
    tasks,
    terminology,
    web,
    workflow,
)
from portal.access.fab import PortalSecurityManager
from portal.audit import seals
from portal.extend import manager
from portal.kernel import blobs, crypto, db
from portal.settings import Settings, load
from portal.web import closed, logs, look

ROOT = Path(__file__).resolve().parent
FEATURES = (
    networks, people, patients, terminology, forms, workflow, documents, panels, outcomes,
    notifications, dashboards, support,
)  # fmt: skip


def create_app(settings: Settings | None = None) -> Flask:
    """Return the portal as a WSGI application. Reads the database, never writes to it."""
    settings = settings or load()
    logs.configure(settings.log_format)
    app = Flask("portal", static_folder=None, root_path=str(ROOT))
    app.config.update(_flask_config(settings))
    app.extensions["portal.settings"] = settings
    app.jinja_loader = FileSystemLoader(template_folders())
    settings.data_path.mkdir(parents=True, exist_ok=True)
    db.configure(settings.database)
    crypto.configure(key_ring(settings))
    seals.configure(crypto.derive_key(str(settings.audit_key), "audit"), settings.data_path)
    blobs.configure(settings)
    _register_core_hooks()
    manager.load(settings.plugins)
    for feature in FEATURES:
        if hasattr(feature, "register"):
            feature.register()
    with app.app_context():
        _build(app, settings)
    app.teardown_appcontext(lambda _error: db.session.remove())
    return app


def _build(app: Flask, settings: Settings) -> None:
    logging.getLogger("flask_appbuilder").setLevel(logging.ERROR)
    PortalSecurityManager.auth_view_class = people.EuLoginView
    PortalSecurityManager.user_source = staticmethod(people.load_user)
    appbuilder = AppBuilder(
        app,
        db.session,
        indexview=dashboards.GlobalDashboardView,
        base_template="layout.html",
        security_manager_class=PortalSecurityManager,
    )
    look.setup(app)
    web.setup(
        app,
        secure=settings.production,
        checks={
            "database": _database_answers,
            "migrations": _Migrated(),
            "documents": blobs.answers,
        },
        count_for_me=tasks.count_open,
    )
    closed.setup(app)
    for feature in FEATURES:
        feature.setup(app, appbuilder)


def _register_core_hooks() -> None:
    for feature in FEATURES:
        hooks = getattr(feature, "hooks", None)
        if hooks is not None:
            manager.register(hooks, name=f"core.{feature.__name__.rpartition('.')[2]}")


def template_folders() -> list[str]:
    """Return every feature's template folder; the shell's comes first and overrides upstream's."""
    features = (f for f in ROOT.glob("*/templates") if f.parent.name != "web")
    return [str(ROOT / "web" / "templates"), *sorted(str(folder) for folder in features)]


def key_ring(settings: Settings) -> crypto.KeyRing:
    """Return the identity vault's keys from the settings; the first one encrypts."""
    pairs = [part.strip().partition(":") for part in str(settings.vault_keys).split(",")]
    keys = {name: crypto.derive_key(secret, "vault") for name, _, secret in pairs}
    return crypto.KeyRing(
        keys, pairs[0][0], crypto.derive_key(str(settings.vault_index_key), "index")
    )


class _Migrated:
    """Whether the database is at the revision that this installation brings; reads the scripts once."""

    def __init__(self) -> None:
        self._head = migrate.head()

    def __call__(self) -> bool:
        revision = db.session.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return bool(revision == self._head)


def _database_answers() -> bool:
    return db.session.execute(text("SELECT 1")).scalar() == 1


def _flask_config(settings: Settings) -> dict[str, object]:
    host = str(settings.base_url).partition("://")[2].partition("/")[0]
    return {
        "SECRET_KEY": settings.secret_key,
        "APP_NAME": "ERN portal",
        "FAB_CREATE_DB": False,
        "FAB_UPDATE_PERMS": False,
        "FAB_ADD_SECURITY_API": False,
        "FAB_ADD_SECURITY_VIEWS": False,
        "FAB_SAFE_REDIRECT_HOSTS": [host],
        "FAB_API_SWAGGER_UI": False,
        "FAB_ADD_OPENAPI_VIEW": False,
        "FAB_ADD_MENU_API_VIEW": False,
        "AUTH_TYPE": 4,  # flask_appbuilder.const.AUTH_OAUTH
        "AUTH_USER_REGISTRATION": False,
        "OAUTH_PROVIDERS": [],
        "WTF_CSRF_TIME_LIMIT": None,
        "MAX_CONTENT_LENGTH": int(settings.upload_max_mb) * 1024 * 1024 + 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 4 * 1024 * 1024,
        "SESSION_COOKIE_SECURE": settings.production,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "BABEL_DEFAULT_LOCALE": "en",
        "RATELIMIT_ENABLED": False,
        "TEMPLATES_AUTO_RELOAD": False,
    }

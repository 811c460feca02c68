"""The adapter between Flask-AppBuilder's security and ours: thin, cached, without passwords.

Roles come from the memberships in force (``roles.role_names``); what a role may do comes from FAB's
own tables, read once per process and again when their version changes. No query per menu entry.
"""

import threading
from typing import Any

from flask import current_app
from flask_appbuilder.security.sqla.manager import SecurityManager
from flask_appbuilder.security.sqla.models import (
    Permission,
    PermissionView,
    Role,
    ViewMenu,
    assoc_permissionview_role,
)
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column

from portal.access.roles import ROLES, VIEW, role_names
from portal.kernel import db
from portal.kernel.db import Base
from portal.kernel.uow import writes


class AccessVersion(Base):
    """One row whose number grows with every change of roles; web processes compare it."""

    __tablename__ = "access_version"
    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    version: Mapped[int] = mapped_column(default=1)


class PermissionCache:
    """Role name → set of (permission, view), for one version of the tables."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._version = -1
        self._sets: dict[str, frozenset[tuple[str, str]]] = {}

    def of(self, role: str, version: int) -> frozenset[tuple[str, str]]:
        """Return what ``role`` may do; reads the tables when ``version`` is new."""
        if version != self._version:
            with self._lock:
                if version != self._version:
                    self._sets = _read_sets()
                    self._version = version
        return self._sets.get(role, frozenset())


def _read_sets() -> dict[str, frozenset[tuple[str, str]]]:
    rows = db.session.execute(
        select(Role.name, Permission.name, ViewMenu.name)
        .select_from(Role)
        .join(assoc_permissionview_role, assoc_permissionview_role.c.role_id == Role.id)
        .join(PermissionView, PermissionView.id == assoc_permissionview_role.c.permission_view_id)
        .join(Permission, Permission.id == PermissionView.permission_id)
        .join(ViewMenu, ViewMenu.id == PermissionView.view_menu_id)
    )
    sets: dict[str, set[tuple[str, str]]] = {}
    for role, permission, view in rows:
        sets.setdefault(role, set()).add((permission, view))
    return {role: frozenset(found) for role, found in sets.items()}


class PortalSecurityManager(SecurityManager):  # type: ignore[misc]
    """FAB's security manager without its own users' pages, passwords and queries.

    ``auth_view_class`` and ``user_source`` are set by the composition root.
    """

    auth_view_class: Any = None
    user_source: Any = None

    def __init__(self, appbuilder: Any) -> None:
        self.permission_cache = PermissionCache()
        super().__init__(appbuilder)

    def create_db(self) -> None:
        """Do nothing: tables come from migrations, roles from ``portal db sync``."""

    def register_views(self) -> None:
        """Register the login view only; people are managed in the support console."""
        self.auth_view = self.auth_view_class()
        self.appbuilder.add_view_no_menu(self.auth_view)

    def load_user(self, pk: str) -> Any:
        """Return the signed-in user for Flask-Login."""
        return self.user_source(pk)

    def has_access(self, permission_name: str, view_name: str) -> bool:
        """Return whether a role that follows from the memberships in force has the permission."""
        actor = getattr(current_user, "actor", None)
        if actor is None:
            return False
        version = int(getattr(current_user, "access_version", 1))
        wanted = (permission_name, view_name)
        return any(wanted in self.permission_cache.of(role, version) for role in role_names(actor))

    def is_item_public(self, permission_name: str, view_name: str) -> bool:
        """Nothing is public by a role; public pages stand in ``web/public.py``."""
        del permission_name, view_name
        return False

    def get_user_menu_access(self, menu_names: list[str] | None = None) -> set[str]:
        """FAB's own menu is not shown: side menus come from hooks."""
        del menu_names
        return set()


@writes
def sync_roles(actor: Any) -> int:
    """Make FAB's tables equal to ``roles.ROLES`` and to the views registered now; return the rows added."""
    del actor
    added = 0
    view = _ensure(ViewMenu, VIEW)
    for role_name, gates in ROLES.items():
        role = _ensure(Role, role_name)
        for gate in gates:
            added += _grant(role, f"can_{gate}", view)
    for permission, view_name, role_name in _generated_views():
        added += _grant(_ensure(Role, role_name), permission, _ensure(ViewMenu, view_name))
    version = db.session.get(AccessVersion, 1) or AccessVersion(id=1, version=0)
    version.version += 1
    db.session.add(version)
    return added


def _generated_views() -> list[tuple[str, str, str]]:
    """FAB's generated views (networks, areas) name the roles that may use them."""
    rows = []
    for view in current_app.appbuilder.baseviews:  # type: ignore[attr-defined]
        for role in getattr(view, "allowed_roles", ()):
            rows += [
                (permission, view.class_permission_name, role)
                for permission in view.base_permissions or ()
            ]
    return rows


def _ensure(model: Any, name: str) -> Any:
    row = db.session.scalar(select(model).where(model.name == name))
    if row is None:
        row = model(name=name)
        db.session.add(row)
        db.session.flush()
    return row


def _grant(role: Any, permission_name: str, view: Any) -> int:
    permission = _ensure(Permission, permission_name)
    pair = db.session.scalar(
        select(PermissionView).where(
            PermissionView.permission_id == permission.id, PermissionView.view_menu_id == view.id
        )
    )
    if pair is None:
        pair = PermissionView(permission=permission, view_menu=view)
        db.session.add(pair)
        db.session.flush()
    if pair in role.permissions:
        return 0
    role.permissions.append(pair)
    return 1

"""Server-side sessions: the cookie carries a random secret, the table its digest and the rest.

One query opens session, person and FAB user together. A session ends at once when its row is ended,
when the person is suspended, and by itself after the idle and the absolute time.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Request, Response, current_app, g
from flask.sessions import SessionInterface, SessionMixin
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session
from werkzeug.datastructures import CallbackDict

from portal.access.fab import AccessVersion
from portal.kernel import clock, db
from portal.kernel.ids import new_secret
from portal.kernel.uow import side_write
from portal.people.models import Person, WebSession

COOKIE = "portal_session"
TOUCH_EVERY = timedelta(minutes=1)


def digest_of(secret: str) -> str:
    """Return what is stored of a cookie's secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


class ServerSession(CallbackDict[str, Any], SessionMixin):
    """The session of one browser. ``person`` is who is signed in; ``rotate`` asks for a new secret."""

    def __init__(self, initial: dict[str, Any] | None = None, row: WebSession | None = None) -> None:
        super().__init__(initial, self._changed)
        self.row = row
        self.person: Person | None = None
        self.access_version = 1
        self.modified = False
        self.rotate = False

    @staticmethod
    def _changed(session: "ServerSession") -> None:
        session.modified = True

    @property
    def digest(self) -> str:
        """The digest of the present secret, or an empty string."""
        return self.row.digest if self.row else ""


class ServerSessions(SessionInterface):
    """Opens and saves :class:`ServerSession` rows. ``idle`` and ``absolute`` are the limits."""

    def __init__(self, idle: timedelta, absolute: timedelta) -> None:
        self.idle = idle
        self.absolute = absolute

    def open_session(self, app: Flask, request: Request) -> ServerSession:
        """Return the session that the cookie names, or a fresh one."""
        del app
        secret = request.cookies.get(COOKIE, "")
        found = _find(digest_of(secret)) if secret else None
        if found is None or not self._alive(found[0]):
            return ServerSession()
        row, person, active, version = found
        session = ServerSession(dict(row.data), row)
        if row.person_id and (person is None or not active or person.suspended_at):
            return ServerSession()
        session.person = person
        session.access_version = version or 1
        g.session_expires = int(min(self.idle.total_seconds(), (row.expires_at - clock.now()).total_seconds()))
        return session

    def _alive(self, row: WebSession) -> bool:
        now = clock.now()
        return row.ended_at is None and now < row.expires_at and now - row.seen_at < self.idle

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Store what changed; set the cookie when the secret is new."""
        if not isinstance(session, ServerSession):
            return
        if session.row is None or session.rotate:
            if session or session.row:
                self._store_new(app, session, response)
        elif session.modified or clock.now() - session.row.seen_at > TOUCH_EVERY:
            values = {"data": dict(session), "seen_at": clock.now(), "person_id": _person_id(session)}
            digest = session.digest
            side_write(lambda s: s.execute(update(WebSession).where(WebSession.digest == digest).values(**values)))

    def _store_new(self, app: Flask, session: ServerSession, response: Response) -> None:
        secret, old = new_secret(), session.digest
        row = _new_row(secret, _person_id(session), self.absolute, dict(session))
        row.acr = str(session.get("acr", ""))
        row.provider_session = str(session.get("provider_session", ""))

        def work(own: Session) -> None:
            if old:
                own.execute(delete(WebSession).where(WebSession.digest == old))
            own.add(row)

        side_write(work)
        response.set_cookie(
            COOKIE, secret, httponly=True, samesite="Lax", secure=app.config["SESSION_COOKIE_SECURE"], path="/"
        )
        response.vary.add("Cookie")


def _find(digest: str) -> tuple[WebSession, Person | None, bool | None, int | None] | None:
    version = select(AccessVersion.version).where(AccessVersion.id == 1).scalar_subquery()
    row = db.session.execute(
        select(WebSession, Person, User.active, version)
        .outerjoin(Person, Person.id == WebSession.person_id)
        .outerjoin(User, User.id == Person.user_id)
        .where(WebSession.digest == digest)
    ).first()
    return None if row is None else (row[0], row[1], row[2], row[3])


def _person_id(session: ServerSession) -> str | None:
    return session.get("person_id") if session.get("_user_id") else None


def _new_row(secret: str, person_id: str | None, lifetime: timedelta, data: dict[str, Any]) -> WebSession:
    now = clock.now()
    return WebSession(
        digest=digest_of(secret), person_id=person_id, data=data, created_at=now, seen_at=now,
        expires_at=now + lifetime, authenticated_at=now if person_id else None, **_browser(),
    )


def _browser() -> dict[str, str]:
    from flask import has_request_context, request

    if not has_request_context():
        return {}
    return {"address": request.remote_addr or "", "browser": (request.user_agent.string or "")[:200]}


def end_sessions(person_id: str, at: datetime | None = None, except_digest: str = "") -> None:
    """End every session of a person in the current unit of work."""
    statement = update(WebSession).where(WebSession.person_id == person_id, WebSession.ended_at.is_(None))
    if except_digest:
        statement = statement.where(WebSession.digest != except_digest)
    db.session.execute(statement.values(ended_at=at or clock.now()))


def begin_for_tests(person_id: str, **data: Any) -> str:
    """Store a signed-in session and return its cookie value; refused outside of tests and benchmarks."""
    if current_app.extensions["portal.settings"].env != "test":
        raise RuntimeError("only for tests")
    secret = new_secret()
    person = db.session.get(Person, person_id)
    assert person is not None
    row = _new_row(secret, person_id, timedelta(hours=12), {"_user_id": str(person.user_id), "person_id": person_id, "_fresh": True, **data})
    row.acr = str(data.get("acr", ""))
    side_write(lambda own: own.add(row))
    return secret

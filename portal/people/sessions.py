"""Sessions of people who are logged in lie on the server; the cookie carries a random secret.

The table holds the secret's digest, so that a copy of the database opens no session. One query reads
session, person and Flask-AppBuilder's user. A session ends at once when its row is ended or the person
is suspended, and by itself after the idle and the absolute time. A visitor who is not logged in has
no row: the few values of the login in progress travel in a signed cookie of the same name.
"""

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Request, Response, current_app, g, has_request_context, request
from flask.sessions import SessionInterface, SessionMixin
from flask_appbuilder.security.sqla.models import User
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from werkzeug.datastructures import CallbackDict

from portal.access.fab import AccessVersion
from portal.kernel import clock, db
from portal.kernel.ids import new_secret
from portal.kernel.uow import side_write
from portal.people.models import Person, WebSession

_log = logging.getLogger(__name__)

COOKIE = "portal_session"
TOUCH_EVERY = timedelta(minutes=1)
VISITOR = "v."  # begins the signed cookie of somebody who is not logged in
VISITOR_SECONDS = 3600
WITHOUT_SESSION = ("/assets/", "/static/", "/healthz", "/readyz")


def digest_of(secret: str) -> str:
    """Return what is stored of a cookie's secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


@dataclass(frozen=True)
class SignedIn:
    """The person behind a session, as far as an actor needs it."""

    id: str
    user_id: int
    name: str
    language: str
    onboarded: bool


@dataclass(frozen=True)
class Stored:
    """What the table says about a session in force."""

    digest: str
    seen_at: datetime
    expires_at: datetime
    acr: str
    authenticated_at: datetime | None
    access_version: int
    person: SignedIn


class ServerSession(CallbackDict[str, Any], SessionMixin):
    """The values of one browser. ``stored`` is set for people who are logged in.

    ``rotate`` asks for a new row with a new secret at the end of the request; ``facts`` are what the
    login service said (``acr``, ``authenticated_at``, ``provider_session``) for that row. ``kept`` is
    false for requests that must neither read nor replace the visitor's cookie.
    """

    def __init__(
        self,
        initial: dict[str, Any] | None = None,
        stored: Stored | None = None,
        *,
        kept: bool = True,
    ) -> None:
        super().__init__(initial, _changed)
        self.stored = stored
        self.facts: dict[str, Any] = {}
        self.modified = False
        self.rotate = False
        self.kept = kept

    @property
    def digest(self) -> str:
        """The digest of the present secret, or an empty string."""
        return self.stored.digest if self.stored else ""


def storable(value: Any) -> Any:
    """Return ``value`` as JSON can hold it; lazy translations become text, tuples lists."""
    if isinstance(value, dict):
        pairs = list(
            value.items()
        )  # a lazy text asks for the locale, which FAB notes in the session
        return {str(key): storable(inner) for key, inner in pairs}
    if isinstance(value, list | tuple):
        return [storable(inner) for inner in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _changed(session: ServerSession) -> None:
    session.modified = True


class ServerSessions(SessionInterface):
    """Opens and saves sessions. ``idle`` and ``absolute`` are the limits."""

    def __init__(self, idle: timedelta, absolute: timedelta) -> None:
        self.idle = idle
        self.absolute = absolute

    def open_session(self, app: Flask, request: Request) -> ServerSession:
        """Return the session that the cookie names, a visitor's, or a fresh one."""
        for name in ("_login_user", "session_expires"):
            g.pop(name, None)  # an application context can outlive a request (commands, tests)
        if request.path.startswith(WITHOUT_SESSION):
            return ServerSession(kept=False)
        cookie = request.cookies.get(COOKIE, "")
        if cookie.startswith(VISITOR):
            return ServerSession(_visitor_values(app, cookie))
        found = _find(digest_of(cookie), self.idle) if cookie else None
        if found is None:
            return ServerSession()
        data, stored = found
        left = min(stored.seen_at + self.idle, stored.expires_at) - clock.now()
        g.session_expires = max(0, int(left.total_seconds()))
        return ServerSession(data, stored)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Store what changed; set the cookie when the secret is new."""
        if not isinstance(session, ServerSession) or not session.kept:
            return
        response.vary.add("Cookie")
        if "_user_id" not in session:
            self._save_visitor(app, session, response)
        elif session.stored is None or session.rotate:
            self._begin(app, session, response)
        else:
            _update(session)

    def _begin(self, app: Flask, session: ServerSession, response: Response) -> None:
        """Replace whatever the browser had by a new row with a new secret."""
        secret, old = new_secret(), session.digest
        row = new_row(secret, session["person_id"], self.absolute, storable(session), session.facts)

        def work(own: Session) -> None:
            if old:
                own.execute(delete(WebSession).where(WebSession.digest == old))
            own.add(row)

        side_write(work)
        _set_cookie(app, response, secret)

    @staticmethod
    def _save_visitor(app: Flask, session: ServerSession, response: Response) -> None:
        if session:
            if session.modified:
                _set_cookie(app, response, VISITOR + str(_signer(app).dumps(storable(session))))
        elif session.modified or session.stored:
            response.delete_cookie(COOKIE, path="/")


def _set_cookie(app: Flask, response: Response, value: str) -> None:
    secure = bool(app.config["SESSION_COOKIE_SECURE"])
    response.set_cookie(COOKIE, value, httponly=True, samesite="Lax", secure=secure, path="/")


def _signer(app: Flask) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(app.config["SECRET_KEY"]), salt="visitor")


def _visitor_values(app: Flask, cookie: str) -> dict[str, Any]:
    try:
        values = _signer(app).loads(cookie.removeprefix(VISITOR), max_age=VISITOR_SECONDS)
    except BadData:
        return {}
    return {k: v for k, v in values.items() if not k.startswith("_user")}


def _find(digest: str, idle: timedelta) -> tuple[dict[str, Any], Stored] | None:
    """Return values and facts of a session in force: one query, no ORM objects that could expire."""
    now = clock.now()
    version = select(AccessVersion.version).where(AccessVersion.id == 1).scalar_subquery()
    row = db.session.execute(
        select(WebSession, Person, version)
        .join(Person, Person.id == WebSession.person_id)
        .join(User, User.id == Person.user_id)
        .where(WebSession.digest == digest, WebSession.ended_at.is_(None))
        .where(WebSession.expires_at > now, WebSession.seen_at > now - idle)
        .where(Person.suspended_at.is_(None), User.active.is_(True))
    ).first()
    if row is None:
        return None
    kept, person, number = row
    who = SignedIn(
        person.id, person.user_id, person.name, person.language, person.onboarded_at is not None
    )
    stored = Stored(
        digest, kept.seen_at, kept.expires_at, kept.acr, kept.authenticated_at, number or 1, who
    )
    return dict(kept.data), stored


def _update(session: ServerSession) -> None:
    """Write the changed values, or the last-seen time when it is more than a minute old."""
    stored = session.stored
    if stored is None:
        return
    values: dict[str, Any] = {"seen_at": clock.now()}
    if session.modified:
        values["data"] = storable(session)
    elif clock.now() - stored.seen_at < TOUCH_EVERY:
        return
    statement = (
        update(WebSession)
        .where(WebSession.digest == stored.digest, WebSession.ended_at.is_(None))
        .values(**values)
    )
    try:
        side_write(lambda own: own.execute(statement))
    except DBAPIError:  # the page has been made; a missed last-seen time must not take it away
        _log.warning("the session could not be written")


def new_row(
    secret: str,
    person_id: str,
    lifetime: timedelta,
    data: dict[str, Any],
    facts: dict[str, Any],
) -> WebSession:
    """Return the row of a session that begins now."""
    now = clock.now()
    return WebSession(
        digest=digest_of(secret),
        person_id=person_id,
        data=data,
        created_at=now,
        seen_at=now,
        expires_at=now + lifetime,
        acr=str(facts.get("acr", ""))[:120],
        authenticated_at=facts.get("authenticated_at") or now,
        provider_session=str(facts.get("provider_session", ""))[:200],
        **_browser(),
    )


def _browser() -> dict[str, str]:
    if not has_request_context():
        return {}
    agent = request.user_agent.string or ""
    return {"address": request.remote_addr or "", "browser": agent[:200]}


def begin_for_tests(person_id: str, **facts: Any) -> str:
    """Store a session of a person and return its cookie value; refused outside of tests.

    ``facts`` may hold ``acr``, ``authenticated_at`` and ``provider_session``.
    """
    if current_app.extensions["portal.settings"].env != "test":
        raise RuntimeError("only for tests: set PORTAL_ENV=test")
    secret = new_secret()
    person = db.session.get_one(Person, person_id)
    data = {"_user_id": str(person.user_id), "person_id": person_id, "_fresh": True}
    row = new_row(secret, person_id, timedelta(hours=12), data, facts)
    db.session.rollback()  # tests share one connection: a reading under way would take the row along
    side_write(lambda own: own.add(row))
    return secret

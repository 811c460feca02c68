"""The way in and out: views of the login through EU Login, and of a fresh login for grave acts."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from flask import (
    Flask,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_appbuilder import expose
from flask_login import current_user, login_user, logout_user

from portal.access.actor import Actor, system
from portal.kernel import clock
from portal.kernel.errors import ForbiddenError
from portal.people import oidc, service
from portal.people.actors import PortalUser, load_actor
from portal.people.recent import RecentLoginNeededError, is_recent
from portal.people.sessions import ServerSession
from portal.web import csrf
from portal.web.addresses import full_url
from portal.web.pages import is_local
from portal.web.views import PortalView

F = TypeVar("F", bound=Callable[..., Any])
_log = logging.getLogger(__name__)


def setup(app: Flask) -> None:
    """Register the client of the login service and the page that asks for a fresh login."""
    oidc.setup(app)
    app.register_error_handler(RecentLoginNeededError, _ask_for_fresh_login)
    csrf.exempt("portal.people.login.backchannel_logout")  # the provider signs what it sends


def _open(url: str, *methods: str) -> Callable[[F], F]:
    """Expose a page without a gate; ``web/public.py`` gives the reason for each."""
    return expose(url, methods=methods or ("GET",))  # type: ignore[no-any-return]


class EuLoginView(PortalView):
    """The way in and out."""

    route_base = ""
    default_view = "login"

    @_open("/login/")
    def login(self) -> ResponseReturnValue:
        """Send the person to the login service, remembering where to go afterwards.

        ``step_up`` asks somebody who is logged in to prove it again.
        """
        target = _local(request.args.get("next", "/"))
        step_up = "step_up" in request.args and current_user.is_authenticated
        if current_user.is_authenticated and not step_up:
            return redirect(target)
        who = current_user.actor.person_id if step_up else ""
        again = {"prompt": "login"} if step_up or "again" in request.args else {}
        address = oidc.authorization_url(
            full_url("EuLoginView.callback"),
            oidc.Pending(target, who),
            **again,
            **_levels(step_up=step_up),
        )
        return redirect(address)

    @_open("/login/callback")
    def callback(self) -> ResponseReturnValue:
        """Take the login service's answer: verify, find or make the person, begin a new session."""
        claims, pending = oidc.finish(request.args)
        _require_level(claims, step_up=bool(pending.step_up_for))
        if pending.step_up_for:
            actor = _same_person(claims, pending.step_up_for)
        else:
            actor = _person(claims)
        _begin(actor, claims)
        return redirect(_local(pending.next), 303)

    @_open("/logout/", "GET", "POST")
    def logout(self) -> ResponseReturnValue:
        """End the session on the server; the next page leads on to the login service's own logout."""
        if request.method == "GET" and current_user.is_authenticated:
            return render_template("people/logout.html")
        if current_user.is_authenticated:
            service.end_own_session(current_user.actor, _current().digest)
            logout_user()
            session.clear()
            session["end_at_provider"] = True
        return redirect(url_for("EuLoginView.signed_out"), 303)

    @_open("/signed-out/")
    def signed_out(self) -> ResponseReturnValue:
        """Say that the session has ended, and lead to the login service's logout once.

        The page leads there by itself: a redirect of the form's answer would leave this site, which
        the content security policy does not let forms do.
        """
        address = ""
        if session.pop("end_at_provider", False):
            back = full_url("EuLoginView.signed_out")
            address = oidc.end_session_url(back)
        page = make_response(render_template("people/signed_out.html", provider_logout=address))
        if address:
            page.headers["Refresh"] = f"0; url={address}"
        return page

    @_open("/login/backchannel-logout", "POST")
    def backchannel_logout(self) -> ResponseReturnValue:
        """End the sessions that the login service says are over."""
        notice = oidc.read_logout_token(request.form.get("logout_token", ""))
        ended = service.end_by_provider(
            system("back-channel logout"), notice.issuer, notice.session, notice.subject
        )
        _log.info("back-channel logout", extra={"ended": ended})
        return "", 200, {"Cache-Control": "no-store"}


def _local(address: str) -> str:
    return address if is_local(address) else "/"


def _current() -> ServerSession:
    return session._get_current_object()  # type: ignore[attr-defined,no-any-return]


def _levels(*, step_up: bool) -> dict[str, str]:
    wanted = _wanted_levels(step_up=step_up)
    return {"acr_values": " ".join(wanted)} if wanted else {}


def _wanted_levels(*, step_up: bool) -> list[str]:
    settings = current_app.extensions["portal.settings"]
    usual = str(settings.oidc_acr_values).split()
    return (str(settings.oidc_step_up_acr_values).split() or usual) if step_up else usual


def _require_level(claims: dict[str, Any], *, step_up: bool) -> None:
    """Refuse a login that was weaker than the installation asks for."""
    wanted = _wanted_levels(step_up=step_up)
    if wanted and str(claims.get("acr", "")) not in wanted:
        raise ForbiddenError(
            "This login was not strong enough.",
            reason="The portal needs a login with a second factor: the EU Login app, a security key or an eID.",
            grantor="you: sign in again and choose a stronger method",
        )


def _person(claims: dict[str, Any]) -> Actor:
    person_id = service.sign_in(system("login"), service.identity_from(claims))
    actor = load_actor(person_id)
    if actor is None:
        raise ForbiddenError("This account is not in use.", grantor="the support desk")
    return actor


def _same_person(claims: dict[str, Any], person_id: str) -> Actor:
    """Return the actor after a fresh login, which must be of the very same person."""
    signed_in = current_user.actor.person_id if current_user.is_authenticated else ""
    identity = service.identity_from(claims)
    if signed_in != person_id or not service.is_identity_of(person_id, identity):
        raise ForbiddenError(
            "That was somebody else's login.",
            reason="To confirm an act, the person who is signed in logs in again.",
            grantor="you: sign out first if you want to change persons",
        )
    return _person(claims)


def _begin(actor: Actor, claims: dict[str, Any]) -> None:
    """Begin a session with a new secret; whatever the browser had before is gone."""
    kept = _current()
    kept.clear()
    kept["person_id"] = actor.person_id
    kept.facts = {
        "acr": str(claims.get("acr", "")),
        "provider_session": str(claims.get("sid", "")),
        "authenticated_at": _authenticated_at(claims),
    }
    kept.rotate = True
    login_user(PortalUser(actor.user_id, actor))


def _authenticated_at(claims: dict[str, Any]) -> datetime:
    """Return when the person proved who they are: the provider's word, never in the future."""
    told, now = claims.get("auth_time"), clock.now()
    if isinstance(told, int | float):
        return min(datetime.fromtimestamp(told, UTC), now)
    return now


def _ask_for_fresh_login(error: RecentLoginNeededError) -> ResponseReturnValue:
    """Show why and where to log in again; scripts get the address as JSON."""
    back = _local(request.full_path.rstrip("?") if request.method == "GET" else _came_from())
    address = url_for("EuLoginView.login", step_up=1, next=back)
    if request.is_json or request.accept_mimetypes.best == "application/json":
        body = {"code": error.code, "detail": error.message, "login": address}
        return body, error.status, {"Content-Type": "application/problem+json"}
    page = render_template("people/fresh_login.html", error=error, address=address)
    return make_response(page, error.status)


def _came_from() -> str:
    """Return the page of this site from which the form was sent."""
    came, here = request.referrer or "", request.host_url
    return "/" + came.removeprefix(here) if came.startswith(here) else "/"


def require_recent_login(minutes: int = 10) -> None:
    """Raise unless the person behind this request proved who they are in the last ``minutes``.

    The raised error leads to a page that asks for a fresh login and comes back. Views of grave acts
    call it for the page with the form already, so that nothing typed is lost.
    """
    actor = getattr(current_user, "actor", None)
    if not isinstance(actor, Actor) or not is_recent(actor, minutes):
        raise RecentLoginNeededError(minutes)


__all__ = ["EuLoginView", "require_recent_login", "setup"]

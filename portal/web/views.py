"""The base of all pages: parse, call one service or query, render. A view never sees the ORM."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import flash, g, has_request_context, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_appbuilder import BaseView, expose
from flask_login import current_user

from portal.access.actor import Actor
from portal.access.roles import VIEW, Gate
from portal.kernel.errors import ForbiddenError

F = TypeVar("F", bound=Callable[..., Any])


def actor() -> Actor:
    """Return the signed-in actor of this request; pages behind a gate always have one."""
    found = getattr(current_user, "actor", None)
    if found is None:
        raise ForbiddenError("Please log in first.", grantor="")
    return found  # type: ignore[no-any-return]


def gated(gate: Gate) -> Callable[[F], F]:
    """Let only people through whose roles have ``gate``; carries the mark the route inventory reads."""

    def decorate(function: F) -> F:
        @wraps(function)
        def run(*args: Any, **kwargs: Any) -> Any:
            refusal = refuse(gate)
            return function(*args, **kwargs) if refusal is None else refusal

        run.gate = gate  # type: ignore[attr-defined]
        return run  # type: ignore[return-value]

    return decorate


def refuse(gate: Gate) -> ResponseReturnValue | None:
    """Return a redirect or raise when the visitor may not pass; nothing when they may."""
    from flask import current_app

    if not current_user.is_authenticated:
        if request.method == "GET" and "application/json" not in request.headers.get("Accept", ""):
            return redirect(url_for("EuLoginView.login", next=request.full_path.rstrip("?")))
        return {
            "code": "login-needed",
            "message": "Your session has ended. Log in again; your drafts are kept.",
        }, 401
    if current_app.appbuilder.sm.has_access(f"can_{gate}", VIEW):  # type: ignore[attr-defined]
        return None
    if not current_user.actor.is_member and gate is Gate.MEMBER:
        ended = current_app.extensions["portal.ended_access"](current_user.actor)
        if ended:
            raise ForbiddenError(
                "Your access has ended.",
                reason=ended,
                grantor="the coordinator of that network, who can extend it",
            )
        raise ForbiddenError(
            "You have no access yet.",
            reason="Logging in shows who you are. What you may see is decided by a coordinator: request access first.",
            grantor="the coordinator of the network that you ask",
        )
    raise ForbiddenError(
        "This page is not for your profile.",
        reason=f"It needs the role '{gate.value.replace('_', ' ')}'.",
        grantor="the coordinator of your network or the support desk",
    )


def page(url: str, *, gate: Gate, methods: tuple[str, ...] = ("GET",)) -> Callable[[F], F]:
    """Expose a method of a :class:`PortalView` at ``url`` behind ``gate``."""

    def decorate(function: F) -> F:
        guarded = gated(gate)(function)
        return expose(url, methods=list(methods))(guarded)  # type: ignore[no-any-return]

    return decorate


class PortalView(BaseView):  # type: ignore[misc]
    """Base of our pages. Set ``route_base``; templates lie in ``<feature>/templates/<feature>/``."""

    default_view = "index"
    class_permission_name = VIEW

    @property
    def actor(self) -> Actor:
        """The signed-in actor. FAB reads every attribute while it sets views up; then there is nobody."""
        return actor() if has_request_context() else Actor(person_id="")

    def render(self, template: str, **context: Any) -> str:
        """Render one of our templates with the shell's context."""
        from flask import render_template

        return render_template(template, appbuilder=self.appbuilder, **context)


def said(text: str, category: str = "success") -> None:
    """Show ``text`` once on the next page."""
    flash(text, category)


def side(label: str) -> None:
    """Name the entry of the side menu that is open."""
    g.side_active = label

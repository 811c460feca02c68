"""The door of the pages that are sent without scripts: who has been signed out keeps the text."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import current_app, redirect, request, url_for
from flask_login import current_user

from portal.access.roles import Gate
from portal.forms.service.parking import park
from portal.people.sessions import COOKIE
from portal.web import csrf
from portal.web.views import refuse

F = TypeVar("F", bound=Callable[..., Any])


def or_parked(function: F) -> F:
    """Let members through, after checking the form's token; put aside what others have typed.

    The endpoint is exempt from the general check of tokens, because a token ends with its session;
    for everybody who is signed in it is checked here. Nothing is saved for anybody else.
    """

    @wraps(function)
    def run(view: Any, patient_id: str, section: str) -> Any:
        if not current_user.is_authenticated:
            kept = park(request.cookies.get(COOKIE, ""), patient_id, section, _lists())
            back = url_for(
                "FormSectionView.show", patient_id=patient_id, section=section, parked=kept or None
            )
            return redirect(url_for("EuLoginView.login", next=back), 303)
        if current_app.config["WTF_CSRF_ENABLED"]:
            csrf.protect()
        refusal = refuse(Gate.MEMBER)
        return function(view, patient_id, section) if refusal is None else refusal

    run.gate = Gate.MEMBER  # type: ignore[attr-defined]
    return run  # type: ignore[return-value]


def _lists() -> dict[str, list[str]]:
    return dict(request.form.lists())

"""Nothing is destroyed without a question, also where no script runs.

A script asks by ``data-confirm`` and adds ``confirmed=yes``. Whatever reaches FAB's or flask-admin's
deletes and actions without it gets a page that asks and repeats the request. Stock flask-admin under a
strict security policy deletes at once: its inline question is blocked, its form is sent all the same.
"""

from typing import Any

from flask import Flask, Response, current_app, make_response, render_template, request
from flask_appbuilder import ModelView
from flask_babel import gettext, ngettext

from portal.web.views import refuse

_FAB_DELETES = {"delete"}
_FAB_ACTIONS = {"action", "action_post"}
_ADMIN_DELETES = {"delete_view", "delete"}
_ADMIN_ACTIONS = {"action_view"}
_ASKING = _FAB_DELETES | _FAB_ACTIONS | _ADMIN_DELETES | _ADMIN_ACTIONS


def setup(app: Flask) -> None:
    """Ask before every delete and every action that has a question."""
    app.before_request(ask_first)


def ask_first() -> Response | None:
    """Return the page that asks, or nothing when the request may go on."""
    if request.method not in {"GET", "POST"} or request.form.get("confirmed") == "yes":
        return None
    question = _question()
    if not question:
        return None
    gate = getattr(current_app.view_functions.get(str(request.endpoint)), "gate", None)
    refusal = refuse(gate) if gate is not None else None
    if refusal is not None:
        return make_response(refusal)
    fields = [
        (name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"
    ]
    back = request.form.get("url") or request.referrer or ""
    page = render_template(
        "pages/confirm.html",
        question=question,
        fields=fields,
        back=back if _is_here(back) else "/",
    )
    return make_response(page)


def _question() -> str:
    """Return what to ask for this request, or an empty string when it destroys nothing."""
    blueprint, _, function = str(request.endpoint or "").rpartition(".")
    if not blueprint or function not in _ASKING:
        return ""
    view = _fab_view(blueprint)
    if view is not None:
        return _fab_question(view, function)
    view = _admin_view(blueprint)
    return _admin_question(view, function) if view is not None else ""


def _fab_view(endpoint: str) -> Any:
    appbuilder = current_app.extensions.get("appbuilder")
    for view in getattr(appbuilder, "baseviews", []):
        if view.endpoint == endpoint and isinstance(view, ModelView):
            return view
    return None


def _fab_question(view: Any, function: str) -> str:
    if function in _FAB_DELETES:
        return str(gettext("Delete this record? This cannot be undone."))
    if function not in _FAB_ACTIONS:
        return ""
    name = (request.view_args or {}).get("name") or request.form.get("action", "")
    action = view.actions.get(name)
    return _count_note(str(action.confirmation)) if action and action.confirmation else ""


def _admin_view(endpoint: str) -> Any:
    for admin in current_app.extensions.get("admin", []):
        for view in admin._views:
            if view.endpoint == endpoint:
                return view
    return None


def _admin_question(view: Any, function: str) -> str:
    if request.method != "POST":
        return ""
    if function in _ADMIN_DELETES:
        return str(gettext("Delete this record? This cannot be undone."))
    if function not in _ADMIN_ACTIONS:
        return ""
    action = view._actions_data.get(request.form.get("action", ""))
    return _count_note(str(action[2])) if action and action[2] else ""


def _count_note(question: str) -> str:
    count = len(request.form.getlist("rowid"))
    if count < 2:
        return question
    return f"{question} {ngettext('%(num)s record', '%(num)s records', count)}."


def _is_here(address: str) -> bool:
    """Say whether an address lies on this site."""
    return address.startswith(request.host_url) or (
        address.startswith("/") and not address.startswith(("//", "/\\"))
    )

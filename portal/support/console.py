"""The base of the support console: closed unless the policy opens it, read-only unless a service writes.

flask-admin lets everybody in, commits by itself and deletes on a click. Here a view asks the guard, its
queries are bounded, and creating, changing and deleting refuse unless a view hands them to a service.
"""

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from flask import Response, g, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import BaseView, expose
from flask_admin.actions import action
from flask_admin.contrib.sqla import ModelView
from flask_admin.form import BaseForm
from sqlalchemy import ColumnElement

from portal.access import guard
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.access.roles import Gate
from portal.kernel import db
from portal.kernel.errors import InvalidInputError
from portal.people.queries import cards
from portal.web.views import actor

F = TypeVar("F", bound=Callable[..., Any])
PAGE_SIZE = 25
LAST_PAGE = 400


class _Database:
    """What flask-admin wants in place of a session: an object that has one."""

    session = db.session

    def __getattr__(self, name: str) -> Any:
        return getattr(db.session, name)


def page(url: str, *methods: str) -> Callable[[F], F]:
    """Expose a page of a console view."""
    return expose(url, methods=methods or ("GET",))  # type: ignore[no-any-return]


def act(name: str, text: str, question: str = "") -> Callable[[F], F]:
    """Offer an act on ticked rows; a ``question`` is asked first, by the server too."""
    return action(name, text, question or None)  # type: ignore[no-any-return]


class Guarded(BaseView):  # type: ignore[misc]
    """A page of the console. ``permission`` is asked of the guard, ``gate`` of the roles."""

    permission: ClassVar[Permission] = Permission.PLATFORM_SUPPORT
    gate: ClassVar[Gate] = Gate.SUPPORT

    @property
    def actor(self) -> Actor:
        """The signed-in actor."""
        return actor()

    def is_accessible(self) -> bool:
        """Return whether the policy opens this page to the actor; also hides it in the menu."""
        return guard.allows(actor(), self.permission, guard.PLATFORM)

    def inaccessible_callback(self, name: str, **kwargs: Any) -> ResponseReturnValue:
        """Refuse with the rule's reason."""
        del name, kwargs
        guard.require(actor(), self.permission, guard.PLATFORM)
        raise AssertionError("the guard refuses what it does not allow")

    def _run_view(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call the page once; upstream calls it a second time when it raises a TypeError.

        The address to return to must be one line: upstream puts it into a header as it is.
        """
        if set("\r\n") & set(request.values.get("url", "")):
            raise InvalidInputError("The address to return to cannot be read.")
        return fn(self, *args, **kwargs)


class NoForm(BaseForm):  # type: ignore[misc]
    """The form of a list that is only read."""


class ConsoleList(Guarded, ModelView):  # type: ignore[misc]
    """A list of rows. ``matches(text)`` is the search; ``people_in`` names columns that hold person ids."""

    can_create = can_edit = can_delete = can_export = can_view_details = False
    can_set_page_size = False
    simple_list_pager = True  # no count over the whole table
    page_size = PAGE_SIZE
    form = NoForm
    column_display_actions = True
    people_in: ClassVar[tuple[str, ...]] = ()
    search_hint: ClassVar[str] = ""

    def __init__(self, model: Any, **kwargs: Any) -> None:
        super().__init__(model, _Database(), **kwargs)

    def matches(self, text: str) -> ColumnElement[bool] | None:
        """Return the criterion for a search text; nothing when the list has no search."""
        del text
        return None

    def init_search(self) -> bool:
        """A list that says what it searches has a search field."""
        return bool(self.search_hint)

    def search_placeholder(self) -> str:
        """Say what the search field looks at."""
        return self.search_hint

    def get_query(self) -> Any:
        """Return the rows of the list."""
        return db.session.query(self.model)

    def get_one(self, id: str) -> Any:  # noqa: A002 - upstream's name
        """Return a row of the list by its key."""
        return db.session.get(self.model, str(id)[:64])

    def _apply_search(
        self, query: Any, count_query: Any, joins: Any, count_joins: Any, search: str
    ) -> Any:
        criterion = self.matches(search.replace("\0", "").strip()[:80])
        if criterion is not None:
            query = query.filter(criterion)
        return query, count_query, joins, count_joins

    def get_list(self, page: int | None, *args: Any, **kwargs: Any) -> Any:
        """Return a page, and read the people that its rows name in one query."""
        kwargs["page_size"] = PAGE_SIZE
        count, rows = super().get_list(max(0, min(page or 0, LAST_PAGE)), *args, **kwargs)
        ids = {getattr(row, name) for row in rows for name in self.people_in}
        g.console_people = {**g.get("console_people", {}), **cards(ids)}
        return count, rows

    def create_model(self, form: Any) -> Any:
        """Create through a service; the errors of the domain stand at their fields."""
        return self._through_service(form, lambda: self.write_new(form))

    def update_model(self, form: Any, model: Any) -> Any:
        """Change through a service."""
        key = self.get_pk_value(model)
        return self._through_service(form, lambda: self.write(str(key), form))

    def delete_model(self, model: Any) -> bool:
        """Refuse: nothing is deleted in the console."""
        raise NotImplementedError(f"{type(model).__name__} is not deleted in the console")

    def write_new(self, form: Any) -> Any:
        """Add a row through a service and return it."""
        raise NotImplementedError

    def write(self, key: str, form: Any) -> Any:
        """Change a row through a service."""
        raise NotImplementedError

    def _through_service(self, form: Any, work: Callable[[], Any]) -> Any:
        try:
            return work() or True
        except InvalidInputError as error:
            for name, text in error.fields.items():
                if name in form:
                    form[name].errors = [*form[name].errors, text]
            if not any(name in form for name in error.fields):
                form.form_errors.append(error.message)
            return False


def person_name(view: Any, context: Any, row: Any, column: str) -> str:
    """Show the name of the person whose id a column holds."""
    del view, context
    card = g.get("console_people", {}).get(getattr(row, column))
    return card.name if card else (getattr(row, column) or "")


def asked(question: str, back: str) -> Response | None:
    """Return the page that asks before an act, or nothing when the person has said yes."""
    if request.form.get("confirmed") == "yes":
        return None
    fields = [(n, v) for n, v in request.form.items(multi=True) if n != "csrf_token"]
    page = render_template("pages/confirm.html", question=question, fields=fields, back=back)
    return make_response(page)

"""Flask-AppBuilder's list, show, add and edit pages over services: its look and habits, our rules."""

from collections.abc import Callable
from copy import copy
from functools import wraps
from typing import Any, ClassVar, TypeVar

from flask import flash, g, has_request_context, redirect, request
from flask.typing import ResponseReturnValue
from flask_appbuilder import ModelView, expose
from flask_appbuilder.exceptions import FABException
from flask_appbuilder.urltools import (
    get_filter_args,
    get_order_args,
    get_page_args,
    get_page_size_args,
)

from portal.access.actor import COORDINATOR
from portal.access.roles import Gate
from portal.kernel.errors import ForbiddenError, InvalidInputError, NotFoundError
from portal.web.look.fab_fixes import ToRecordMixin
from portal.web.views import actor, gated

F = TypeVar("F", bound=Callable[..., Any])
# What upstream raises over pages, orders and filters in an address that nobody was given.
_TAMPERED = (FABException, ValueError, TypeError, IndexError, NotImplementedError)


def entry(url: str, permission: str, *methods: str) -> Callable[[F], F]:
    """Expose a page of a generated view: logged in, and with the role's permission on this view."""

    def decorate(function: F) -> F:
        @wraps(function)
        def run(self: Any, *args: Any, **kwargs: Any) -> Any:
            name = f"can_{permission}"
            if not self.appbuilder.sm.has_access(name, self.class_permission_name):
                raise ForbiddenError(
                    "This page is not for your profile.",
                    reason="The configuration of a network is for its coordinators.",
                    grantor="the coordinator of the network or the support desk",
                )
            return function(self, *args, **kwargs)

        guarded = gated(Gate.SIGNED_IN)(run)
        guarded._permission_name = permission  # type: ignore[attr-defined]
        return expose(url, methods=methods or ("GET",))(guarded)  # type: ignore[no-any-return]

    return decorate


class ServiceModelView(ToRecordMixin, ModelView):  # type: ignore[misc]
    """A generated view whose writes are services.

    ``write_new(values)`` returns the id of the new row, ``write(pk, values)`` changes one; both raise
    domain errors, which are shown at their fields with everything typed still there. Filters belong to
    the request: upstream keeps them on the view, where two requests at once would mix theirs.
    """

    allowed_roles: ClassVar[tuple[str, ...]] = ("Coordinator", "Operator")
    include_route_methods: ClassVar[set[str]] = {"list", "show", "add", "edit"}
    list_template = "appbuilder/general/model/list.html"

    def write_new(self, values: dict[str, Any]) -> str:
        """Add a row through a service and return its id."""
        raise NotImplementedError

    def write(self, pk: str, values: dict[str, Any]) -> None:
        """Change a row through a service."""
        raise NotImplementedError

    def update_redirect(self) -> None:
        """Keep no history of pages: upstream's would write the session at every look at a list."""

    def shows(self, item: Any) -> None:
        """Note which network the page is about, for the side menu."""

    @property
    def _filters(self) -> Any:
        if not has_request_context():
            return self._own_filters
        kept: dict[int, Any] = g.setdefault("fab_filters", {})
        if id(self) not in kept:
            kept[id(self)] = copy(self._own_filters)
            kept[id(self)].clear_filters()
        return kept[id(self)]

    @_filters.setter
    def _filters(self, value: Any) -> None:
        self._own_filters = value

    @entry("/list/", "list")
    def list(self) -> ResponseReturnValue:
        """List the actor's rows; an address that was tampered with leads to the plain list."""
        _note_only_network()
        try:
            widgets = self._list()
        except _TAMPERED:
            return redirect(request.path)
        return self.render_template(  # type: ignore[no-any-return]
            self.list_template, title=self.list_title, widgets=widgets
        )

    def _list(self, **kwargs: Any) -> Any:
        name = type(self).__name__
        column, direction = get_order_args().get(name) or ("", "")
        if column not in self.order_columns:
            column, direction = "", ""
        filters = self._filters
        get_filter_args(filters)
        widgets = self._get_list_widget(
            filters=filters,
            order_column=column,
            order_direction=direction,
            page=get_page_args().get(name),
            page_size=get_page_size_args().get(name),
            **kwargs,
        )
        return self._get_search_widget(form=self.search_form.refresh(), widgets=widgets)

    @entry("/show/<pk>", "show")
    def show(self, pk: str) -> ResponseReturnValue:
        """Show a row and what belongs to it."""
        self.shows(self._item(pk))
        try:
            widgets = self._show(pk)
        except _TAMPERED:
            return redirect(request.path)
        return self.render_template(  # type: ignore[no-any-return]
            self.show_template,
            pk=pk,
            title=self.show_title,
            widgets=widgets,
            related_views=self._related_views,
        )

    @entry("/add", "add", "GET", "POST")
    def add(self) -> ResponseReturnValue:
        """Show the form; add the row through the service."""
        _note_only_network()
        form = self.add_form.refresh()
        if request.method == "POST" and form.validate():
            try:
                g.saved_record = self._item(self.write_new(_values(form)))
            except InvalidInputError as error:
                _lay(form, error)
            else:
                flash(self.add_row_message, "success")
                return self.post_add_redirect()  # type: ignore[no-any-return]
        widgets = self._get_add_widget(form=form)
        return self.render_template(
            self.add_template, title=self.add_title, widgets=widgets
        ), 422 if form.errors else 200

    @entry("/edit/<pk>", "edit", "GET", "POST")
    def edit(self, pk: str) -> ResponseReturnValue:
        """Show the form with the row's values; change the row through the service."""
        item = self._item(pk)
        self.shows(item)
        if request.method == "POST":
            form = self.edit_form.refresh(request.form)
            form._id = pk
            if form.validate():
                try:
                    self.write(pk, _values(form))
                except InvalidInputError as error:
                    _lay(form, error)
                else:
                    flash(self.edit_row_message, "success")
                    g.saved_record = item
                    return self.post_edit_redirect()  # type: ignore[no-any-return]
        else:
            form = self.edit_form.refresh(obj=item)
            self.prefill_form(form, pk)
        widgets = self._get_edit_widget(form=form)
        return self.render_template(
            self.edit_template,
            title=self.edit_title,
            widgets=widgets,
            related_views=[],
        ), 422 if form.errors else 200

    def _item(self, pk: str) -> Any:
        item = self.datamodel.get(pk, self._base_filters)
        if item is None:
            raise NotFoundError("There is nothing here, or it is not yours to see.")
        return item


def _note_only_network() -> None:
    """Show the side menu of the network when the actor coordinates only one."""
    codes = {x.network_code for x in actor().grants if x.profile == COORDINATOR and x.network_code}
    if len(codes) == 1:
        g.network_code = codes.pop()


def _values(form: Any) -> dict[str, Any]:
    return {name: value for name, value in form.data.items() if name != "csrf_token"}


def _lay(form: Any, error: InvalidInputError) -> None:
    """Put the service's errors at their fields, the rest on top."""
    for name, text in error.fields.items():
        if name in form:
            form[name].errors = [*form[name].errors, text]
    if not any(name in form for name in error.fields):
        flash(error.message, "danger")
        form.form_errors.append(error.message)

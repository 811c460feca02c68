"""Expert groups: everybody sees them, coordinators keep them."""

from flask import g, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.access.permissions import Permission
from portal.access.roles import Gate
from portal.kernel.errors import InvalidInputError
from portal.networks import queries as networks
from portal.networks import service
from portal.networks.forms import options
from portal.networks.queries import NetworkView
from portal.networks.service import GroupEdit
from portal.people.forms import GroupForm
from portal.people.queries import directory
from portal.people.queries import groups as queries
from portal.people.queries.directory import Wanted
from portal.people.queries.groups import GroupRow
from portal.web.views import PortalView, page, said


class GroupsView(PortalView):
    """The expert groups of a network."""

    route_base = "/ern"

    def _network(self, code: str, permission: Permission = Permission.NETWORK_SEE) -> NetworkView:
        network = networks.network(self.actor, code, permission)
        g.network_code = code
        return network

    @page("/<code>/groups", gate=Gate.MEMBER)
    def index(self, code: str) -> ResponseReturnValue:
        """List the groups with their members."""
        network = self._network(code)
        found = queries.groups(self.actor, network.id)
        return self.render("people/groups.html", network=network, groups=found)

    @page("/<code>/groups/new", gate=Gate.COORDINATOR, methods=("GET", "POST"))
    def new(self, code: str) -> ResponseReturnValue:
        """Add a group."""
        network = self._network(code, Permission.NETWORK_CONFIGURE)
        form = _form(network, None)
        if form.validate_on_submit():
            try:
                group_id = service.add_group(self.actor, network.id, _edit(form))
            except InvalidInputError as error:
                form.lay(error)
            else:
                said("The group was added. Now add its members.")
                return redirect(url_for("GroupsView.edit", code=code, group_id=group_id), 303)
        return self._form_page(network, form, None)

    @page("/<code>/groups/<group_id>", gate=Gate.COORDINATOR, methods=("GET", "POST"))
    def edit(self, code: str, group_id: str) -> ResponseReturnValue:
        """Change a group, add and remove members."""
        network = self._network(code, Permission.NETWORK_CONFIGURE)
        group = queries.group(self.actor, network.id, group_id)
        form = _form(network, group)
        if form.validate_on_submit():
            try:
                service.edit_group(self.actor, group_id, _edit(form))
            except InvalidInputError as error:
                form.lay(error)
            else:
                said("The group is saved.")
                return redirect(url_for("GroupsView.edit", code=code, group_id=group_id), 303)
        return self._form_page(network, form, group)

    def _form_page(
        self, network: NetworkView, form: GroupForm, group: GroupRow | None
    ) -> ResponseReturnValue:
        text = request.args.get("q", "").strip()[:80]
        found = []
        if text and group:
            inside = {member.id for member in group.members}
            page_ = directory.experts(self.actor, network.id, Wanted(text=text))
            found = [row for row in page_.rows if row.id not in inside]
        answer = self.render(
            "people/group.html", network=network, form=form, group=group, text=text, found=found
        )
        return make_response(answer, 422 if request.method == "POST" else 200)

    @page("/<code>/groups/<group_id>/members", gate=Gate.COORDINATOR, methods=("POST",))
    def change_members(self, code: str, group_id: str) -> ResponseReturnValue:
        """Add a person, or take one out."""
        if request.form.get("add"):
            service.add_to_group(self.actor, group_id, request.form["add"])
            said("Added to the group.")
        elif request.form.get("take_out"):
            service.remove_from_group(self.actor, group_id, request.form["take_out"])
            said("Taken out of the group.")
        else:
            raise InvalidInputError("Choose a person to add or to take out.")
        return redirect(url_for("GroupsView.edit", code=code, group_id=group_id), 303)

    @page("/<code>/groups/<group_id>/remove", gate=Gate.COORDINATOR, methods=("POST",))
    def remove(self, code: str, group_id: str) -> ResponseReturnValue:
        """Remove a group."""
        service.remove_group(self.actor, group_id)
        said("The group was removed.")
        return redirect(url_for("GroupsView.index", code=code), 303)


def _form(network: NetworkView, group: GroupRow | None) -> GroupForm:
    form = GroupForm()
    form.area_id.choices = options([("", ""), *((a.id, a.label) for a in network.areas)])
    members = group.members if group else ()
    form.chair_id.choices = options([("", ""), *((m.id, m.name) for m in members)])
    if group and request.method == "GET":
        form.name.data, form.schedule.data = group.name, group.schedule
        form.area_id.data = group.area_id or ""
        form.chair_id.data = group.chair.id if group.chair else ""
    return form


def _edit(form: GroupForm) -> GroupEdit:
    return GroupEdit(
        form.name.data,
        form.area_id.data or None,
        form.chair_id.data or None,
        form.schedule.data or "",
    )

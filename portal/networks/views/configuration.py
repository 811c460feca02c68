"""The configuration of networks and their thematic areas: Flask-AppBuilder's generated pages."""

from typing import Any, ClassVar

from flask import g, request
from wtforms import BooleanField, IntegerField
from wtforms.validators import InputRequired, NumberRange, Regexp

from portal.extend.declarative import SETTINGS
from portal.networks import service
from portal.networks.crud import ServiceModelView
from portal.networks.interface import PolicyInterface
from portal.networks.models import Network, ThematicArea
from portal.networks.service.network import LIMITS, NetworkEdit
from portal.web.views import actor

SETTING_WORDS: dict[str, tuple[str, str]] = {
    "experts_invite_across": (
        "Requester and lead may ask experts of other networks",
        "Otherwise only coordinators ask across networks. Such experts are guests of the panel.",
    ),
    "guests_sign": ("Guests of a panel sign its outcome", ""),
    "guests_download": ("Guests of a panel download its outcome", ""),
    "coordinator_moves": (
        "Coordinators move panels between phases",
        "Otherwise only the lead does.",
    ),
    "coordinator_downloads": ("Coordinators download outcomes", ""),
    "quorum": ("Signatures that close a panel", "Lead and requester not counted."),
    "signing_days": ("Days to sign an outcome", "After that the lead may close the panel."),
}


def _setting_field(name: str) -> Any:
    label, hint = SETTING_WORDS.get(name, (name.replace("_", " ").capitalize(), ""))
    if isinstance(SETTINGS[name], bool):
        return BooleanField(label, description=hint)
    low, high = LIMITS.get(name, (0, 1000))
    return IntegerField(label, [InputRequired(), NumberRange(low, high)], description=hint)


class NetworkConfiguration(ServiceModelView):
    """Names and settings of the networks that the actor coordinates."""

    route_base = "/configuration/networks"
    datamodel = PolicyInterface(Network)
    include_route_methods: ClassVar[set[str]] = {"list", "show", "edit"}
    list_title = "Networks"
    show_title = "Network"
    edit_title = "Change the network"
    list_columns: ClassVar[list[str]] = ["short_name", "title", "enabled"]
    show_columns: ClassVar[list[str]] = ["code", "short_name", "title", "plugin", "enabled"]
    edit_columns: ClassVar[list[str]] = ["short_name", "title", "enabled", *SETTINGS]
    search_columns: ClassVar[list[str]] = ["short_name", "title", "enabled"]
    order_columns: ClassVar[list[str]] = ["short_name", "title", "enabled"]
    label_columns: ClassVar[dict[str, str]] = {
        "short_name": "Short name",
        "title": "Official name",
        "enabled": "Extension in use",
        "plugin": "Extension",
        "code": "Code",
    }
    description_columns: ClassVar[dict[str, str]] = {
        "enabled": "The network's own form sections, workflow and texts. Off: the common ones.",
    }
    edit_form_extra_fields: ClassVar[dict[str, Any]] = {n: _setting_field(n) for n in SETTINGS}
    base_order = ("short_name", "asc")

    def prefill_form(self, form: Any, pk: str) -> None:
        """Show each setting as it is in force."""
        settings = self._item(pk).settings
        for name, default in SETTINGS.items():
            form[name].data = settings.get(name, default)

    def write(self, pk: str, values: dict[str, Any]) -> None:
        """Change the network through its service."""
        wanted = NetworkEdit(
            values["short_name"],
            values["title"],
            bool(values["enabled"]),
            {name: values[name] for name in SETTINGS},
        )
        service.edit_network(actor(), pk, wanted)

    def shows(self, item: Any) -> None:
        """The side menu is the network's."""
        g.network_code = item.code


class AreaConfiguration(ServiceModelView):
    """Thematic areas: added at the end, renamed, moved, retired; never deleted, panels refer to them."""

    route_base = "/configuration/areas"
    datamodel = PolicyInterface(ThematicArea)
    list_title = "Thematic areas"
    show_title = "Thematic area"
    add_title = "Add a thematic area"
    edit_title = "Change the thematic area"
    list_columns: ClassVar[list[str]] = ["label", "network", "position", "active"]
    show_columns: ClassVar[list[str]] = ["label", "code", "network", "position", "active"]
    add_columns: ClassVar[list[str]] = ["network", "code", "label"]
    edit_columns: ClassVar[list[str]] = ["label", "position", "active"]
    search_columns: ClassVar[list[str]] = ["label", "network", "active"]
    order_columns: ClassVar[list[str]] = ["label", "position", "active"]
    label_columns: ClassVar[dict[str, str]] = {
        "label": "Name",
        "network": "Network",
        "position": "Place in the list",
        "active": "In use",
        "code": "Code",
    }
    description_columns: ClassVar[dict[str, str]] = {
        "code": "Small letters, digits and _: it stays when the name changes.",
        "active": "Untick to retire the area: it is offered no longer, old panels keep it.",
    }
    validators_columns: ClassVar[dict[str, list[Any]]] = {
        "code": [Regexp(r"^[a-z][a-z0-9_]{1,59}$", message="Small letters, digits and _ only.")]
    }
    base_order = ("position", "asc")

    def write_new(self, values: dict[str, Any]) -> str:
        """Add the area through its service."""
        return service.add_area(
            actor(), values["network"].id, values["code"].strip(), values["label"].strip()
        )

    def write(self, pk: str, values: dict[str, Any]) -> None:
        """Change the area through its service."""
        edit = service.AreaEdit(
            values["label"].strip(), int(values["position"] or 0), bool(values["active"])
        )
        service.edit_area(actor(), pk, edit)

    def shows(self, item: Any) -> None:
        """The side menu is the network's."""
        g.network_code = item.network.code

    def _get_add_widget(self, form: Any, exclude_cols: Any = None, widgets: Any = None) -> Any:
        """Choose the network from which the page was opened."""
        asked = request.args.get("_flt_0_network", "")
        if request.method == "GET" and asked:
            form.network.data = PolicyInterface(Network).get(asked)
        return super()._get_add_widget(form=form, exclude_cols=exclude_cols, widgets=widgets)


NetworkConfiguration.related_views = [AreaConfiguration]

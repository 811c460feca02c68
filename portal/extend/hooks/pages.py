"""``<place>_<widgets>``: called while rendering. A fault shows a placeholder and is logged."""

from typing import TYPE_CHECKING

from portal.extend.marks import hookspec

if TYPE_CHECKING:
    from portal.access.actor import Actor
    from portal.extend.specs import CardSpec, MenuEntry


@hookspec
def global_cards(actor: "Actor") -> "list[CardSpec]":
    """Return cards for the global dashboard."""


@hookspec
def network_cards(actor: "Actor", network_id: str) -> "list[CardSpec]":
    """Return cards for a network's dashboard."""


@hookspec
def centre_cards(actor: "Actor", centre_id: str) -> "list[CardSpec]":
    """Return cards for a centre's dashboard."""


@hookspec
def network_menu(actor: "Actor", network_code: str) -> "list[MenuEntry]":
    """Return entries of a network's side menu."""


@hookspec
def centre_menu(actor: "Actor", centre_code: str) -> "list[MenuEntry]":
    """Return entries of a centre's side menu."""


@hookspec
def administration_menu(actor: "Actor") -> "list[MenuEntry]":
    """Return entries of the administration menu (coordinators, support, operators)."""

"""``<place>_<widgets>``: called while rendering. A fault shows a placeholder and is logged."""

from typing import TYPE_CHECKING

from portal.extend.marks import hookspec

if TYPE_CHECKING:
    from portal.access.actor import Actor
    from portal.extend.specs import CardSpec, MenuEntry, SearchResult


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
def patient_cards(actor: "Actor", patient_id: str) -> "list[CardSpec]":
    """Return cards for a patient's page: panels, form, documents. Each asks the guard itself."""


@hookspec
def patient_actions(actor: "Actor", patient_id: str) -> "list[MenuEntry]":
    """Return what can be done for a patient as buttons: open the form, documents, ask a question."""


@hookspec
def network_menu(actor: "Actor", network_code: str) -> "list[MenuEntry]":
    """Return entries of a network's side menu."""


@hookspec
def centre_menu(actor: "Actor", centre_code: str) -> "list[MenuEntry]":
    """Return entries of a centre's side menu."""


@hookspec
def administration_menu(actor: "Actor") -> "list[MenuEntry]":
    """Return entries of the administration menu (coordinators, support, operators)."""


@hookspec
def search_results(actor: "Actor", text: str) -> "list[SearchResult]":
    """Return what the actor may see of the things that ``text`` finds, best first, at most ten."""

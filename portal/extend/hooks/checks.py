"""``check_*``: called before a write; return a reason to veto, or nothing. Raising counts as a veto."""

from typing import TYPE_CHECKING

from portal.extend.marks import hookspec

if TYPE_CHECKING:
    from portal.access.actor import Actor


@hookspec
def check_enrolment(actor: "Actor", network: str, centre: str) -> "str | None":
    """Veto the enrolment of a patient at ``centre`` (code) in ``network`` (code)."""


@hookspec
def check_transition(actor: "Actor", network: str, panel_id: str, transition: str) -> "str | None":
    """Veto a panel's move through ``transition`` (name in the workflow)."""

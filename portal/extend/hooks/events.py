"""``on_*``: called after the commit. A fault is logged and retried as a job; the others go on."""

from typing import TYPE_CHECKING

from portal.extend.marks import hookspec

if TYPE_CHECKING:
    from portal.extend.specs import Event


@hookspec
def on_patient_enrolled(event: "Event") -> None:
    """Act on a new patient; ``event.subject`` is ``patient:id``."""


@hookspec
def on_consent_withdrawn(event: "Event") -> None:
    """Act on a withdrawn consent; ``event.facts['purpose']`` says which."""


@hookspec
def on_panel_moved(event: "Event") -> None:
    """Act on a panel's new phase; facts: ``transition``, ``source``, ``target``."""


@hookspec
def on_outcome_sealed(event: "Event") -> None:
    """Act on a sealed outcome; ``event.subject`` is ``outcome:id``."""


@hookspec
def on_access_decided(event: "Event") -> None:
    """Act on a decided access request; facts: ``decision``, ``network_id``, ``person_id``, ``profile``."""

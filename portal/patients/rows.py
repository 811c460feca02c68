"""The rows of every table of the inventory that belong to one patient."""

from typing import Any

from sqlalchemy import ColumnElement, Select, Table, or_, select

from portal.kernel import db
from portal.patients import inventory
from portal.patients.inventory import Held

_PARENTS = {
    inventory.PANEL: "panel",
    inventory.RESPONSE: "form_response",
    inventory.OUTCOME: "outcome",
    inventory.CONTRIBUTION: "contribution",
}


def table(name: str) -> Table:
    """Return a table by its name."""
    return db.metadata().tables[name]


def belonging(held: Held, patient_id: str) -> ColumnElement[bool]:
    """Return the criterion for the rows of ``held`` that belong to the patient."""
    column = table(held.table).c[held.link]
    if held.link == inventory.PATIENT:
        return column == patient_id
    return column.in_(ids(_PARENTS[held.link], patient_id))


def ids(parent: str, patient_id: str) -> Select[Any]:
    """Return a select of the identifiers of a parent table's rows of the patient."""
    held = inventory.of_table(parent)
    if held is None:
        raise LookupError(f"no table '{parent}' in the inventory")
    return select(table(parent).c.id).where(belonging(held, patient_id))


def subjects(patient_id: str) -> list[str]:
    """Return ``kind:id`` of the patient, the panels, the outcomes and the documents."""
    found = [f"patient:{patient_id}"]
    for name in ("panel", "outcome", "document", "information_request"):
        found += [f"{name}:{i}" for i in db.session.scalars(ids(name, patient_id))]
    return found


def notices(patient_id: str) -> ColumnElement[bool]:
    """Return the criterion for notices that lead to the patient or a panel of the patient."""
    places = [patient_id, *db.session.scalars(ids("panel", patient_id))]
    return or_(*(table("notice").c.url.contains(place, autoescape=True) for place in places))

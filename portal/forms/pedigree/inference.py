"""Parents that follow from the relation alone: a mother is the patient's mother, numbers or not.

Only people without any given parent are completed, and only where one person fits.
"""

from collections.abc import Sequence
from dataclasses import replace

from portal.forms.pedigree.person import Person

MOTHER, FATHER = "65656005", "9947008"
_FULL_SIBLINGS = frozenset({"73678001", "60614009"})
_CHILDREN = frozenset({"83420006", "113160008"})
_OF_MOTHER = frozenset({"maternal_aunt", "maternal_uncle"})
_OF_FATHER = frozenset({"paternal_aunt", "paternal_uncle"})


def with_usual_parents(people: Sequence[Person]) -> list[Person]:
    """Return the people with the parents that their relation to the patient implies."""
    only: dict[str, str] = {}
    for one in people:
        only[one.code] = "" if one.code in only else one.number
    patient = next((one for one in people if one.proband), None)
    if patient is None:
        return list(people)
    parents = _given(patient) or (only.get(FATHER, ""), only.get(MOTHER, ""))
    by_number = {one.number: one for one in people}
    lines = tuple(
        (_given(by_number[parent]) if parent in by_number else None)
        or (only.get(f"{side}_grandfather", ""), only.get(f"{side}_grandmother", ""))
        for parent, side in zip(parents, ("paternal", "maternal"), strict=True)
    )
    return [_completed(one, patient, (parents, *lines), only) for one in people]


def _given(one: Person) -> tuple[str, str] | None:
    return (one.father, one.mother) if one.parents else None


def _completed(
    one: Person,
    patient: Person,
    pairs: tuple[tuple[str, str], ...],
    only: dict[str, str],
) -> Person:
    """Complete one person; ``pairs`` are the patient's, the father's and the mother's parents."""
    if one.parents or not one.number:
        return one
    parents, of_father, of_mother = pairs
    found = ("", "")
    if one.proband or one.code in _FULL_SIBLINGS:
        found = parents
    elif one.number == parents[0] or one.code in _OF_FATHER:
        found = of_father
    elif one.number == parents[1] or one.code in _OF_MOTHER:
        found = of_mother
    elif one.code in _CHILDREN:
        partner = only.get("partner", "")
        found = (partner, patient.number) if patient.sex == "female" else (patient.number, partner)
    return replace(one, father=found[0], mother=found[1])

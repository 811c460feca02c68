"""The family in sentences: what the drawing says to those who do not see it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.forms.pedigree.model import Pedigree, pedigree_of
from portal.forms.pedigree.person import Person

_STATES = {
    "affected": "affected",
    "possibly": "possibly affected",
    "carrier": "carrier",
    "unaffected": "not affected",
}


@dataclass(frozen=True)
class Told:
    """A family in words, as pages show it beside the drawing."""

    sentences: tuple[str, ...]
    problems: tuple[str, ...]


def told(answers: Mapping[str, Any]) -> Told | None:
    """Return the family of a form's answers in words, or nothing without relatives."""
    family = pedigree_of(answers)
    return Told(sentences(family), family.problems) if family else None


def sentences(family: Pedigree) -> tuple[str, ...]:
    """Return one line for each person, then one for each couple that is related by blood."""
    lines = [_sentence(one) for one in family.people]
    lines += [
        f"{father} and {mother} are related by blood."
        for father, mother in family.couples()
        if family.consanguineous(father, mother)
    ]
    return tuple(lines)


def _sentence(one: Person) -> str:
    what = "the patient" if one.proband else one.relation_text or "relation not given"
    parts = [what, one.sex if one.sex != "unknown" else "sex not known"]
    if one.affected in _STATES:
        parts.append(_STATES[one.affected])
    if one.condition_text:
        parts.append(one.condition_text)
    if one.onset_age is not None:
        parts.append(f"since the age of {one.onset_age}")
    if one.deceased:
        parts.append("deceased" if one.age is None else f"died at {one.age}")
    elif one.age is not None:
        parts.append(f"{one.age} years old")
    if one.parents:
        parts.append(f"child of {' and '.join(one.parents)}")
    if one.twin_of:
        parts.append(f"twin of {one.twin_of}")
    return f"{one.number}: {', '.join(parts)}."

"""PED files: family, individual, father, mother, sex (1 male, 2 female), phenotype (2 affected, 1 not)."""

from dataclasses import replace

from portal.forms.pedigree.model import Pedigree, checked
from portal.forms.pedigree.person import Person
from portal.kernel.errors import DefinitionError, Issue

_SEX = {"1": "male", "2": "female"}
_STATE = {"2": "affected", "1": "unaffected"}
MOST = 500


def to_ped(family: Pedigree, name: str = "family") -> str:
    """Return the family as a PED file; carriers and possibly affected have no known phenotype there."""
    sexes = {word: code for code, word in _SEX.items()}
    states = {word: code for code, word in _STATE.items()}
    rows = (
        (
            name,
            p.number,
            p.father or "0",
            p.mother or "0",
            sexes.get(p.sex, "0"),
            states.get(p.affected, "0"),
        )
        for p in family.people
    )
    return "".join("\t".join(row) + "\n" for row in rows)


def from_ped(text: str, *, proband: str = "") -> Pedigree:
    """Return the family of a PED file.

    ``proband`` is the individual who is the patient; without it the first affected one is. Raises
    ``DefinitionError`` with a line for each row that cannot be read, or when there are two families.
    """
    people, issues, families = list[Person](), list[Issue](), set[str]()
    for line, row in enumerate(text.splitlines(), 1):
        if not row.strip() or row.startswith("#"):
            continue
        fields = row.split()
        if len(fields) < 5 or len(people) >= MOST:
            message = (
                f"expected six columns (family father mother sex phenotype), at most {MOST} rows"
            )
            issues.append(Issue(message, "PED file", line))
            continue
        families.add(fields[0])
        people.append(_person([*fields, "0"]))
    if len(families) > 1:
        listed = ", ".join(sorted(families)[:5])
        issues.append(Issue(f"one family was expected, found: {listed}", "PED file", 1))
    if issues or not people:
        raise DefinitionError(issues or [Issue("the file has no rows", "PED file")])
    marked = proband or next((p.number for p in people if p.affected == "affected"), "")
    return checked([replace(p, proband=p.number == marked) for p in people])


def _person(fields: list[str]) -> Person:
    _, number, father, mother, sex, state, *_ = fields
    return Person(
        number=number[:20],
        father="" if father == "0" else father[:20],
        mother="" if mother == "0" else mother[:20],
        sex=_SEX.get(sex, "unknown"),
        affected=_STATE.get(state, "unknown"),
    )

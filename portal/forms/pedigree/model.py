"""People of a family and their links, read from the table of relatives; what cannot be is said in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from portal.forms.pedigree.inference import with_usual_parents
from portal.forms.pedigree.person import Person

TABLE = "relatives"
SELF = "self"
YES = "373066001"
FEMALE, MALE = "248152002", "248153007"
_SEXES = {FEMALE: "female", MALE: "male"}
_FEMALE_RELATIONS = frozenset(
    [
        "65656005",
        "73678001",
        "2272004",
        "83420006",
        "maternal_grandmother",
        "paternal_grandmother",
        "maternal_aunt",
        "paternal_aunt",
    ]
)
_MALE_RELATIONS = frozenset(
    [
        "9947008",
        "60614009",
        "45929001",
        "113160008",
        "maternal_grandfather",
        "paternal_grandfather",
        "maternal_uncle",
        "paternal_uncle",
    ]
)


@dataclass(frozen=True)
class Pedigree:
    """A family without loops. ``problems`` say what was left out and why.

    ``related`` means that the form says that the patient's parents are related by blood.
    """

    people: tuple[Person, ...]
    problems: tuple[str, ...] = ()
    related: bool = False

    @property
    def by_number(self) -> dict[str, Person]:
        """The people by their number."""
        return {one.number: one for one in self.people}

    @property
    def proband(self) -> Person | None:
        """The patient, when somebody is marked so."""
        return next((one for one in self.people if one.proband), None)

    def couples(self) -> dict[tuple[str, str], list[str]]:
        """Return (father, mother) with their children's numbers, in table order; "" is unknown."""
        found: dict[tuple[str, str], list[str]] = {}
        for one in self.people:
            if one.father or one.mother:
                found.setdefault((one.father, one.mother), []).append(one.number)
        return found

    def ancestors(self, number: str) -> set[str]:
        """Return the numbers of everybody from whom a person descends."""
        people, found, open_ones = self.by_number, set[str](), [number]
        while open_ones:
            for parent in people[open_ones.pop()].parents:
                if parent not in found:
                    found.add(parent)
                    open_ones.append(parent)
        return found

    def consanguineous(self, father: str, mother: str) -> bool:
        """Return whether two parents are related: by the table, or because the form says so."""
        if not father or not mother:
            return False
        lines = [self.ancestors(one) | {one} for one in (father, mother)]
        patient = self.proband
        said = self.related and patient is not None and patient.parents == (father, mother)
        return said or bool(lines[0] & lines[1])


def pedigree_of(answers: Mapping[str, Any]) -> Pedigree | None:
    """Return the family of a form's answers, or nothing when the table has no rows."""
    rows = answers.get(TABLE)
    if not isinstance(rows, list) or not rows:
        return None
    people = [_person(row) for row in rows if isinstance(row, Mapping)]
    return checked(people, related=_code(answers.get("consanguinity")) == YES)


def checked(people: Sequence[Person], *, related: bool = False) -> Pedigree:
    """Return a family in which every link leads to somebody and nobody descends from themselves."""
    problems: list[str] = []
    known: dict[str, Person] = {}
    for place, one in enumerate(people, 1):
        if not one.number:
            problems.append(f"Row {place} has no number, so it is not drawn.")
        elif one.number in known:
            problems.append(f"The number {one.number} is given twice; row {place} is not drawn.")
        else:
            known[one.number] = one
    if not any(one.proband for one in known.values()):
        problems.append("Nobody is marked as the patient, so there is no arrow.")
    known = {number: _linked(one, known, problems) for number, one in known.items()}
    known = {one.number: one for one in with_usual_parents(list(known.values()))}
    return Pedigree(tuple(_without_loops(known, problems)), tuple(problems), related)


def _linked(one: Person, known: Mapping[str, Person], problems: list[str]) -> Person:
    """Drop links that lead nowhere; say so."""
    links = {"mother": one.mother, "father": one.father}
    for role, number in links.items():
        if not number:
            continue
        parent = known.get(number)
        if number == one.number:
            problems.append(
                f"Number {one.number} is named as its own {role}; the link is left out."
            )
        elif parent is None:
            problems.append(
                f"The {role} of number {one.number} is number {number}, whom the table does not have."
            )
        elif parent.sex == ("male" if role == "mother" else "female"):
            problems.append(
                f"Number {number} is the {role} of number {one.number}, but {parent.sex}. Check the two numbers."
            )
            continue
        else:
            continue
        links[role] = ""
    if links["mother"] and links["mother"] == links["father"]:
        problems.append(
            f"Number {one.number} has the same person as mother and father; only the mother is kept."
        )
        links["father"] = ""
    return replace(one, mother=links["mother"], father=links["father"])


def _without_loops(known: dict[str, Person], problems: list[str]) -> Iterator[Person]:
    loose = {
        number for number in known if number in Pedigree(tuple(known.values())).ancestors(number)
    }
    if loose:
        listed = ", ".join(sorted(loose, key=_by_number))
        problems.append(
            f"The numbers {listed} descend from each other in a circle; their parents are left out."
        )
    for one in known.values():
        yield replace(one, mother="", father="") if one.number in loose else one


def _by_number(text: str) -> tuple[int, str]:
    return (int(text) if text.isascii() and text.isdigit() else 0, text)


def _person(row: Mapping[str, Any]) -> Person:
    def get(name: str) -> Any:
        return row.get(f"{TABLE}.{name}")

    relation = get("relation")
    code = _code(relation)
    sex = _SEXES.get(_code(get("sex")), "")
    if not sex:
        sex = (
            "female"
            if code in _FEMALE_RELATIONS
            else "male"
            if code in _MALE_RELATIONS
            else "unknown"
        )
    condition = get("condition")
    return Person(
        number=_text(get("number")),
        sex=sex,
        mother=_text(get("mother")),
        father=_text(get("father")),
        twin_of=_text(get("twin_of")),
        affected=_code(get("affected")) or "unknown",
        deceased=_code(get("deceased")) == YES,
        proband=code == SELF,
        relation=dict(relation) if isinstance(relation, Mapping) else {},
        condition=dict(condition) if isinstance(condition, Mapping) else {},
        onset_age=_whole(get("onset_age")),
        age=_whole(get("age")),
    )


def _code(value: Any) -> str:
    return str(value.get("code", "")) if isinstance(value, Mapping) else ""


def _text(value: Any) -> str:
    return value.strip()[:20] if isinstance(value, str) else ""


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None

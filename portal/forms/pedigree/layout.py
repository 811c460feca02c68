"""Places people on a grid: a row per generation, couples side by side, children below their parents."""

from dataclasses import dataclass

from portal.forms.pedigree.model import Pedigree


@dataclass(frozen=True)
class Layout:
    """Where everybody stands: ``x`` in widths of a person (may be a fraction), ``row`` from 0 downwards."""

    places: dict[str, tuple[float, int]]

    @property
    def width(self) -> float:
        """The number of columns."""
        return max((x for x, _ in self.places.values()), default=0) + 1

    @property
    def rows(self) -> int:
        """The number of generations."""
        return max((row for _, row in self.places.values()), default=0) + 1


def generations(family: Pedigree) -> dict[str, int]:
    """Return the row of everybody: below both parents, couples level where descent allows it."""
    level = {one.number: 0 for one in family.people}
    couples = family.couples()
    pairs = [(f, m) for f, m in couples if f and m and not _descends(family, f, m)]
    for align in (True, False):
        for _ in range(2 * len(level) + 2):
            before = dict(level)
            for (father, mother), children in couples.items():
                least = max(level[one] for one in (father, mother) if one) + 1
                for child in children:
                    level[child] = max(level[child], least)
            for father, mother in pairs if align else ():
                level[father] = level[mother] = max(level[father], level[mother])
            if level == before:
                return _beside_patient(family, level)
        level = {one.number: 0 for one in family.people}
    return level


def _descends(family: Pedigree, one: str, other: str) -> bool:
    return one in family.ancestors(other) or other in family.ancestors(one)


def _beside_patient(family: Pedigree, level: dict[str, int]) -> dict[str, int]:
    """Put a partner without parents or children in the table beside the patient."""
    patient = family.proband
    parents = {one for pair in family.couples() for one in pair}
    for one in family.people:
        if patient is None or one.code != "partner" or one.parents or one.number in parents:
            continue
        level[one.number] = level[patient.number]
    return level


def arrange(family: Pedigree) -> Layout:
    """Return the places of everybody in a family."""
    return _Arranger(family).run()


class _Arranger:
    def __init__(self, family: Pedigree) -> None:
        self.family = family
        self.level = generations(family)
        self.couples = family.couples()
        self.x: dict[str, float] = {}
        self.free: dict[int, float] = {}
        self.open: set[str] = set()

    def run(self) -> Layout:
        founders = [one.number for one in self.family.people if not one.parents]
        patient = self.family.proband
        first: set[str] = set()
        if patient is not None and patient.father:
            first = self.family.ancestors(patient.father) | {patient.father}
        founders.sort(key=lambda one: (one not in first, self.level[one]))
        for number in [*founders, *(one.number for one in self.family.people)]:
            self.place(number)
        least = min(self.x.values(), default=0)
        return Layout({n: (x - least, self.level[n]) for n, x in self.x.items()})

    def place(self, number: str) -> list[str]:
        """Place a person with partners and, before them, their children; return who was placed."""
        if number in self.x or number in self.open:
            return []
        group = [number, *self.partners(number)]
        if len(group) == 2:  # by custom the man stands on the left
            group.sort(key=lambda one: self.family.by_number[one].sex != "male")
        self.open.update(group)
        children = [c for pair, cs in self.couples.items() if set(pair) & set(group) for c in cs]
        placed = [one for child in children for one in self.place(child)]
        self.open.difference_update(group)
        below = [self.x[child] for child in children if child in self.x]
        row = self.level[number]
        middle = sum(below) / len(below) if below else self.free.get(row, 0)
        wanted = middle - ((len(group) - 1) / 2 if below else 0)
        start = max(wanted, self.free.get(row, 0))
        self.shift(placed, start - wanted)
        for offset, one in enumerate(group):
            self.x[one] = start + offset
            self.free[row] = start + offset + 1
        return [*placed, *group]

    def partners(self, number: str) -> list[str]:
        """Return the partners of a person who stand in the same row and are not placed yet."""
        found = [
            other
            for pair in self.couples
            if number in pair
            for other in pair
            if other and other != number
        ]
        patient = self.family.proband
        if patient is not None and number == patient.number:
            found += [one.number for one in self.family.people if one.code == "partner"]
        return [
            one
            for one in dict.fromkeys(found)
            if one not in self.x and one not in self.open and self.level[one] == self.level[number]
        ]

    def shift(self, numbers: list[str], by: float) -> None:
        """Move a whole branch to the right, so that its parents stand above it."""
        if by <= 0:
            return
        for one in numbers:
            self.x[one] += by
            row = self.level[one]
            self.free[row] = max(self.free.get(row, 0), self.x[one] + 1)

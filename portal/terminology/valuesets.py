"""Value sets in YAML, with the meaning of FHIR's ValueSet.compose.

A concept belongs when any include matches and no exclude does; the filters of one include are
joined by "and", the includes by "or". Concepts that are inactive belong only when they are listed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from portal.kernel import strictyaml
from portal.kernel.errors import DefinitionError, Issue
from portal.kernel.strictyaml import Section
from portal.terminology.errors import UnknownValueSetError
from portal.terminology.packs import PackNames

STRENGTHS = ("required", "extensible", "preferred", "example")
OPERATORS = (
    "is-a", "descendent-of", "is-not-a", "child-of", "descendent-leaf", "generalizes", "in",
    "not-in", "=", "regex", "exists",
)  # fmt: skip


@dataclass(frozen=True)
class Filter:
    """One condition: ``concept is-a HP:0000118``, ``CLASSTYPE = 1``, ``code regex C[0-9]+``."""

    property: str
    op: str
    value: str


@dataclass(frozen=True)
class Include:
    """One part of a value set: a whole pack, a filtered one, listed codes or other value sets.

    An empty ``version`` means the active release.
    """

    pack: str = ""
    version: str = ""
    filters: tuple[Filter, ...] = ()
    codes: tuple[str, ...] = ()
    value_sets: tuple[str, ...] = ()


@dataclass(frozen=True)
class ValueSet:
    """One value set; ``strength`` as in FHIR bindings, ``free_text``: words without a code too."""

    id: str
    title: dict[str, str]
    include: tuple[Include, ...]
    exclude: tuple[Include, ...] = ()
    description: str = ""
    strength: str = "required"
    free_text: bool = False
    url: str = ""


class ValueSets:
    """All value sets known here, by id."""

    def __init__(self, found: Iterable[ValueSet] = ()) -> None:
        self._sets = {value_set.id: value_set for value_set in found}

    def get(self, name: str) -> ValueSet:
        """Return the value set of this id or URL, or raise UnknownValueSetError."""
        found = self._sets.get(name)
        if found is None:
            found = next((x for x in self._sets.values() if x.url and x.url == name), None)
        if found is None:
            raise UnknownValueSetError(name, self._sets)
        return found

    def add(self, value_set: ValueSet) -> None:
        """Add or replace one value set (a plugin's, a form's own)."""
        self._sets[value_set.id] = value_set

    def all(self) -> list[ValueSet]:
        """Return all value sets by id."""
        return [self._sets[name] for name in sorted(self._sets)]


def read_value_sets(paths: Iterable[Path], names: PackNames) -> ValueSets:
    """Read YAML files of value sets; raise DefinitionError with every fault in all of them."""
    issues: list[Issue] = []
    out = ValueSets()
    known: dict[str, str] = {}
    for path in paths:
        top = strictyaml.read(path, issues, path.name)
        if top is None:
            continue
        for part in top.sections("value_sets"):
            found = _value_set(part, names)
            if found.id in known:
                part.complain(f"'{found.id}' stands already in {known[found.id]}", key="id")
            known[found.id] = path.name
            out.add(found)
        top.close()
    issues += _dangling(out)
    if issues:
        raise DefinitionError(issues)
    return out


def _value_set(part: Section, names: PackNames) -> ValueSet:
    include = tuple(_include(inner, names) for inner in part.sections("include"))
    found = ValueSet(
        id=part.text("id", required=True),
        title=part.table("title"),
        description=part.text("description"),
        strength=part.text("strength", default="required", choices=STRENGTHS),
        free_text=part.flag("free_text"),
        url=part.text("url"),
        include=include,
        exclude=tuple(_include(inner, names) for inner in part.sections("exclude")),
    )
    if not include:
        part.complain("a value set includes something", key="include")
    part.close()
    return found


def _include(part: Section, names: PackNames) -> Include:
    name = part.text("pack") or part.text("system")
    version = part.text("version")
    codes = part.codes("concept")
    found = Include(
        pack=_pack(part, name, names),
        version="" if version == "active" else version,
        filters=tuple(_filter(inner) for inner in part.sections("filter")),
        codes=tuple(codes),
        value_sets=tuple(part.texts("value_set")),
    )
    if not name and not found.value_sets:
        part.complain("name a pack (or its system URI) or other value sets", key="pack")
    if codes and found.filters:
        part.complain("list concepts or give filters, not both", key="concept")
    part.close()
    return found


def _pack(part: Section, name: str, names: PackNames) -> str:
    if not name:
        return ""
    found = names.find(name)
    if found is None:
        part.complain(f"no terminology is called '{name}'", key="pack", known=names.ids())
        return name
    return found.id


def _filter(part: Section) -> Filter:
    found = Filter(
        property=part.text("property", default="concept"),
        op=part.text("op", required=True, choices=OPERATORS),
        value=part.text("value", required=True),
    )
    part.close()
    return found


def _dangling(sets: ValueSets) -> list[Issue]:
    ids = {value_set.id for value_set in sets.all()}
    return [
        Issue(f"'{value_set.id}' refers to the value set '{name}', which nobody defines")
        for value_set in sets.all()
        for part in (*value_set.include, *value_set.exclude)
        for name in part.value_sets
        if name not in ids
    ]

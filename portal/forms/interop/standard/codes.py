"""Which codes are in a value set.

Known are the standard's own, those a file brings along, and a few systems that follow a rule
(countries, currencies, languages, units, media types).
"""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import pycountry

from portal.forms.expressions.units import is_unit
from portal.forms.interop.access import UCUM, Json, flag, objects, strings, text
from portal.forms.interop.standard.filters import concepts_of, passes

MAX_DEPTH = 8
COUNTRIES = "urn:iso:std:iso:3166"
SUBDIVISIONS = "urn:iso:std:iso:3166:-2"
CURRENCIES = "urn:iso:std:iso:4217"
LANGUAGES = "urn:ietf:bcp:47"
MEDIA_TYPES = "urn:ietf:bcp:13"
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,6}")
_MEDIA_TYPE = re.compile(r"[a-zA-Z0-9!#$&^_.+-]{1,127}/[a-zA-Z0-9!#$&^_.+*-]{1,127}(\s*;.*)?")
TIME_UNITS = ("s", "min", "h", "d", "wk", "mo", "a")
_FHIR = "http://hl7.org/fhir/ValueSet/"

RULED_SETS: dict[str, tuple[str, ...]] = {
    f"{_FHIR}jurisdiction": (COUNTRIES, SUBDIVISIONS),
    f"{_FHIR}country": (COUNTRIES,),
    f"{_FHIR}iso3166-1-2": (COUNTRIES,),
    f"{_FHIR}iso3166-1-3": (COUNTRIES,),
    f"{_FHIR}currencies": (CURRENCIES,),
    f"{_FHIR}all-languages": (LANGUAGES,),
    f"{_FHIR}ucum-units": (UCUM,),
    f"{_FHIR}mimetypes": (MEDIA_TYPES,),
}


@lru_cache(maxsize=4)
def _listed(system: str) -> frozenset[str]:
    """Return the codes of an ISO list."""
    if system == SUBDIVISIONS:
        return frozenset(one.code for one in pycountry.subdivisions)
    if system == CURRENCIES:
        return frozenset(one.alpha_3 for one in pycountry.currencies)
    countries = list(pycountry.countries)
    return frozenset(c for one in countries for c in (one.alpha_2, one.alpha_3, one.numeric))


RULES: dict[str, Callable[[str], bool]] = {
    COUNTRIES: lambda code: code in _listed(COUNTRIES),
    SUBDIVISIONS: lambda code: code in _listed(SUBDIVISIONS),
    CURRENCIES: lambda code: code in _listed(CURRENCIES),
    LANGUAGES: lambda code: bool(_LANGUAGE.fullmatch(code)),
    UCUM: is_unit,
    MEDIA_TYPES: lambda code: bool(_MEDIA_TYPE.fullmatch(code)),
}


@dataclass(frozen=True)
class Membership:
    """Whether a code belongs: True, False, or None when that cannot be said.

    ``displays`` are the names under which the code may be shown; empty when none is known.
    """

    inside: bool | None
    reason: str = ""
    displays: tuple[str, ...] = ()


OUTSIDE = Membership(inside=False)
UNKNOWN_SET = "the value set is not known here"


@lru_cache(maxsize=1)
def _standard() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        (Path(__file__).parent / "codes.json").read_text(encoding="utf-8")
    )
    return found


def _display(own: Any) -> tuple[str, bool]:
    """Return (display, may be chosen) of a concept in ``codes.json``."""
    return (own[0], bool(own[2])) if isinstance(own, list) else (str(own), True)


@dataclass
class Codes:
    """The value sets and code systems that one check may use.

    ``contained`` are those inside the files (named ``#id``), ``brought`` those given beside them
    (named by their address).
    """

    contained: dict[str, Json] = field(default_factory=dict)
    sets: dict[str, Json] = field(default_factory=dict)
    systems: dict[str, Json] = field(default_factory=dict)
    _concepts: dict[str, dict[str, str]] = field(default_factory=dict)
    _filtered: dict[str, dict[str, Json]] = field(default_factory=dict)

    def bring(self, resources: Iterable[Json], *, contained: bool = False) -> None:
        """Add value sets and code systems; anything else is left alone."""
        for one in resources:
            kind, address = text(one, "resourceType"), text(one, "url")
            if kind == "ValueSet" and contained and text(one, "id"):
                self.contained.setdefault(text(one, "id"), one)
            if kind == "ValueSet" and address:
                self.sets.setdefault(address, one)
            if kind == "CodeSystem" and address:
                self.systems.setdefault(address, one)

    def member(self, value_set: str, system: str, code: str) -> Membership:
        """Say whether a code is in a value set (an address with or without version, or ``#id``)."""
        return self._member(value_set, system, code, 0)

    def _member(self, value_set: str, system: str, code: str, depth: int) -> Membership:
        if depth > MAX_DEPTH:
            return Membership(None, "value sets include each other without end")
        bare = value_set.partition("|")[0]
        own = self.contained.get(bare[1:]) if bare.startswith("#") else self.sets.get(bare)
        if own is not None:
            return self._in_resource(own, system, code, depth)
        if bare in RULED_SETS:
            return self._ruled(RULED_SETS[bare], system, code)
        if bare == f"{_FHIR}units-of-time":
            return Membership(system == UCUM and code in TIME_UNITS)
        if bare in _standard()["sets"]:
            return self._in_standard(bare, system, code)
        return Membership(None, UNKNOWN_SET)

    @staticmethod
    def _ruled(systems: tuple[str, ...], system: str, code: str) -> Membership:
        return Membership(system in systems and bool(code) and RULES[system](code))

    @staticmethod
    def _in_standard(address: str, system: str, code: str) -> Membership:
        for of_system, codes, *named in _standard()["sets"][address]["include"]:
            known = _standard()["systems"][of_system]["codes"]
            if of_system != system or code not in known or (codes and code not in codes):
                continue
            display, selectable = _display(known[code])
            other = named[0].get(code) if named else None
            return Membership(selectable, displays=(display, *([other] if other else [])))
        return OUTSIDE

    def _in_resource(self, resource: Json, system: str, code: str, depth: int) -> Membership:
        """Look into the expansion where there is one, else follow the definition."""
        expansion = resource.get("expansion")
        if isinstance(expansion, dict) and objects(expansion, "contains"):
            return self._in_expansion(expansion, system, code)
        compose = resource.get("compose")
        unsure: Membership | None = None
        for part in objects(compose, "include"):
            found = self._in_part(part, system, code, depth)
            if found.inside:
                return self._unless_excluded(found, compose, system, code, depth)
            if found.inside is None:
                unsure = found
        if not objects(compose, "include"):
            return Membership(None, "the value set lists nothing here")
        return unsure or OUTSIDE

    def _unless_excluded(
        self, found: Membership, compose: Any, system: str, code: str, depth: int
    ) -> Membership:
        for part in objects(compose, "exclude"):
            out = self._in_part(part, system, code, depth)
            if out.inside is not False:
                return Membership(None if out.inside is None else False, out.reason)
        return found

    @staticmethod
    def _in_expansion(expansion: Json, system: str, code: str) -> Membership:
        todo = objects(expansion, "contains")
        while todo:
            one = todo.pop()
            todo += objects(one, "contains")
            same = text(one, "code") == code and text(one, "system") == system
            if same and not flag(one, "abstract"):
                return Membership(inside=True, displays=_names(one))
        if isinstance(expansion.get("total"), int) and expansion["total"] > len(
            objects(expansion, "contains")
        ):
            return Membership(None, "the expansion of the value set is not complete")
        return OUTSIDE

    def _in_part(self, part: Json, system: str, code: str, depth: int) -> Membership:
        """Look into one include: all of its value sets, and its system, must hold the code."""
        system_of_part = text(part, "system")
        found = [self._member(one, system, code, depth + 1) for one in strings(part, "valueSet")]
        if system_of_part:
            inside = system_of_part == system
            found.insert(0, self._in_system_part(part, system, code) if inside else OUTSIDE)
        if not found or any(one.inside is False for one in found):
            return OUTSIDE
        return next((one for one in found if one.inside is None), found[0])

    def _in_system_part(self, part: Json, system: str, code: str) -> Membership:
        listed = objects(part, "concept")
        for one in listed:
            if text(one, "code") == code:
                return Membership(inside=True, displays=_names(one))
        if listed:
            return OUTSIDE
        if objects(part, "filter"):
            own = self.systems.get(system)
            whole = own is not None and text(own, "content") in {"complete", ""}
            if own is not None and whole and system not in self._filtered:
                self._filtered[system] = concepts_of(own)
            kept = passes(part, self._filtered[system], code) if whole else None
            if kept is None:
                return Membership(None, "the value set is defined by a filter")
            return self.in_system(system, code) if kept else OUTSIDE
        return self.in_system(system, code)

    def in_system(self, system: str, code: str) -> Membership:
        """Say whether a code exists in its code system, and how it may be shown."""
        own = self.systems.get(system)
        if own is not None and text(own, "content") in {"complete", ""}:
            known = self._concepts_of(system, own)
            if code not in known:
                return OUTSIDE
            return Membership(inside=True, displays=(known[code],) if known[code] else ())
        if system in RULES:
            return Membership(bool(code) and RULES[system](code))
        if system in _standard()["systems"]:
            codes = _standard()["systems"][system]["codes"]
            if code not in codes:
                return OUTSIDE
            return Membership(inside=True, displays=(_display(codes[code])[0],))
        return Membership(None, "the code system is not known here")

    def _concepts_of(self, system: str, resource: Json) -> dict[str, str]:
        if system not in self._concepts:
            found: dict[str, str] = {}
            todo = objects(resource, "concept")
            while todo:
                one = todo.pop()
                todo += objects(one, "concept")
                found[text(one, "code")] = text(one, "display")
            self._concepts[system] = found
        return self._concepts[system]


def _names(concept: Json) -> tuple[str, ...]:
    """Return every name of a concept: its display and its designations."""
    named = [text(concept, "display"), *(text(d, "value") for d in objects(concept, "designation"))]
    return tuple(name for name in named if name)


def options_of(resource: Json, systems: dict[str, Json]) -> list[Json] | None:
    """Return the codings of a value set that can be listed completely, else None."""
    found: list[Json] = []
    compose = resource.get("compose")
    if objects(compose, "exclude") or not objects(compose, "include"):
        return None
    for part in objects(compose, "include"):
        system = text(part, "system")
        listed = objects(part, "concept")
        if not listed and system in systems and not objects(part, "filter"):
            listed = objects(systems[system], "concept")
        if not listed or strings(part, "valueSet"):
            return None
        found += [{"system": system, **one} if system else one for one in listed]
    return found

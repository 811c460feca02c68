"""Languages of displays: Accept-Language lists with weights, and which name they choose."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from portal.terminology.fhir.outcome import FhirError, Issue

_TAG = re.compile(r"^(\*|[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*)$")


@dataclass(frozen=True)
class Languages:
    """What the client asked for: tags by falling weight, and whether others will do.

    ``text`` is the list as it was sent; an empty list means the system's own language.
    """

    text: str = ""
    tags: tuple[str, ...] = ()
    others: bool = True

    def __bool__(self) -> bool:
        return bool(self.tags)


def parse(text: str, *, others: bool = True) -> Languages:
    """Read ``de, en;q=0.5, *;q=0``. ``others``: whether a missing ``*`` means that others will do."""
    found: list[tuple[float, int, str]] = []
    for place, part in enumerate(text.split(",")):
        tag, _, rest = part.strip().partition(";")
        tag = tag.strip()
        if not tag and not part.strip():
            continue
        if not _TAG.match(tag):
            raise _bad(text)
        weight = _weight(rest, text)
        if tag == "*":
            others = weight > 0
        elif weight > 0:
            found.append((-weight, place, tag))
    return Languages(text.strip(), tuple(tag for _w, _p, tag in sorted(found)), others)


def _weight(rest: str, text: str) -> float:
    name, _, value = rest.strip().partition("=")
    if not rest.strip():
        return 1.0
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError as error:
        raise _bad(text) from error


def _bad(text: str) -> FhirError:
    issue = Issue(
        "error", "processing", "invalid-display", f"Invalid displayLanguage: '{text}'",
        "INVALID_DISPLAY_NAME",
    )  # fmt: skip
    return FhirError(400, issue)


def fits(wanted: str, tag: str) -> bool:
    """Say whether a name in ``tag`` serves a reader who wants ``wanted``.

    The same tag, or the same base language when one of the two names no region.
    """
    one, other = wanted.lower(), tag.lower()
    if one == other:
        return True
    return one.startswith(f"{other}-") or other.startswith(f"{one}-")


@dataclass(frozen=True)
class Name:
    """One name of a concept: text, language ('' unknown), use as FHIR Coding, whether display.

    ``status`` says that a designation is ``withdrawn`` or ``deprecated``.
    """

    text: str
    language: str = ""
    use: str = ""
    use_system: str = ""
    is_display: bool = False
    status: str = ""

    @property
    def offered(self) -> bool:
        """Whether to propose this name as a display; other designations are only accepted."""
        return self.is_display or self.use in _DISPLAY_USES or self.use in _SNOMED_USES


_DISPLAY_USES = {"", "display", "preferredForLanguage", "preferred"}
# Fully specified name, preferred, synonym.
_SNOMED_USES = {"900000000000003001", "900000000000548007", "900000000000013009"}


def choose(names: Sequence[Name], languages: Languages) -> Name | None:
    """Return the name to show: the first wanted language that has one, else the display.

    None when the client accepts no other language and none fits.
    """
    display = next((name for name in names if name.is_display), None)
    for wanted in languages.tags:
        fitting = [
            name
            for name in names
            if name.language and not name.status and fits(wanted, name.language)
        ]
        exact = [name for name in fitting if name.language.lower() == wanted.lower()]
        for group in (exact, fitting):
            for name in group:
                if name.is_display:
                    return name
            for name in group:
                if name.use in _DISPLAY_USES:
                    return name
    if languages.tags and not languages.others:
        return None
    return display or next(iter(names), None)


def valid_names(names: Iterable[Name], languages: Languages) -> list[Name]:
    """Return the names that a coding's display may use, in the languages asked for."""
    current = [name for name in names if not name.status]
    if not languages.tags:
        return current
    return [
        name
        for name in current
        if any(fits(wanted, name.language) for wanted in languages.tags if name.language)
    ]

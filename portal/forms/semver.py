"""Semantic versions and ranges such as ``^3.2``, ``~1.4.0``, ``>=1.0 <3.0.0``, ``2.x`` or ``<3``."""

import re
from dataclasses import dataclass

_PART = re.compile(r"(\^|~|>=|<=|>|<|=)?\s*(\d+)(?:\.(\d+|x|\*))?(?:\.(\d+|x|\*))?")
Version = tuple[int, int, int]


class RangeError(ValueError):
    """The text is neither a version nor a range."""


def version(text: str) -> Version:
    """Return ``3.2.0`` as numbers; a pre-release tail is ignored. Raises ``RangeError``."""
    numbers = text.partition("-")[0].partition("+")[0].split(".")
    if not 1 <= len(numbers) <= 3 or not all(n.isascii() and n.isdigit() for n in numbers):
        raise RangeError(f"'{text}' is not a version (write 1.0.0)")
    major, minor, patch = (*(int(n) for n in numbers), 0, 0)[:3]
    return major, minor, patch


@dataclass(frozen=True)
class Range:
    """A set of versions: ``low`` inclusive to ``high`` exclusive, several parts joined by and."""

    text: str
    bounds: tuple[tuple[Version, Version], ...]

    def __contains__(self, candidate: object) -> bool:
        try:
            found = version(str(candidate))
        except RangeError:
            return False
        return all(low <= found < high for low, high in self.bounds)


_BOTTOM: Version = (0, 0, 0)
_TOP: Version = (10**9, 0, 0)


def version_range(text: str) -> Range:
    """Parse a range; raises ``RangeError`` with an example."""
    bounds, at = [], 0
    for found in _PART.finditer(text):
        if text[at : found.start()].strip(" ,"):
            break
        bounds.append(_bounds(found))
        at = found.end()
    if not bounds or text[at:].strip():
        raise RangeError(f"'{text}' is not a range of versions; write ^3.2 or >=3.0.0 <4.0.0")
    return Range(text, tuple(bounds))


def _bounds(found: re.Match[str]) -> tuple[Version, Version]:
    sign, major, *rest = found.groups()
    given = [int(major), *(int(part) for part in rest if part and part.isdigit())]
    major, minor, patch = (*given, 0, 0)[:3]
    low, after = (major, minor, patch), _after(given)
    return {
        "^": (low, (major + 1, 0, 0) if major else (0, minor + 1, 0)),
        "~": (low, _after(given[:2])),
        ">=": (low, _TOP),
        ">": (after, _TOP),
        "<": (_BOTTOM, low),
        "<=": (_BOTTOM, after),
    }.get(sign or "", (low, after))


def _after(given: list[int]) -> Version:
    """Return the first version behind everything that the given numbers cover."""
    raised = [*given[:-1], given[-1] + 1]
    major, minor, patch = (*raised, 0, 0)[:3]
    return major, minor, patch

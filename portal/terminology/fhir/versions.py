"""Versions of code systems and value sets: comparing, matching ``1.x``, choosing the newest."""

import re
from collections.abc import Iterable

_NUMBER = re.compile(r"\d+")
_WILD = ("x", "X", "*")


def order_of(version: str) -> tuple[tuple[int, str], ...]:
    """Return a sort key: numbers as numbers, the rest as text; no version sorts first."""
    parts = re.split(r"[.\-_+/]", version) if version else []
    return tuple((int(part), "") if _NUMBER.fullmatch(part) else (-1, part) for part in parts)


def matches(pattern: str, version: str) -> bool:
    """Say whether ``version`` is what ``pattern`` asks for.

    ``1.x``, ``1.0.x`` and ``1.*`` match any number in that place; ``1`` alone matches only ``1``.
    """
    if pattern == version:
        return True
    wanted, found = pattern.split("."), version.split(".")
    if not any(part in _WILD for part in wanted):
        return False
    if len(wanted) > len(found):
        return False
    for at, part in enumerate(wanted):
        if part in _WILD and at == len(wanted) - 1:
            return True
        if part not in _WILD and part != found[at]:
            return False
    return len(wanted) == len(found)


def best(pattern: str, versions: Iterable[str]) -> str | None:
    """Return the newest of ``versions`` that ``pattern`` allows; any when it is empty."""
    fitting = [v for v in versions if not pattern or matches(pattern, v)]
    return max(fitting, key=order_of, default=None)


def split(canonical: str) -> tuple[str, str]:
    """Split ``url|version``."""
    url, _, version = canonical.partition("|")
    return url, version


def joined(url: str, version: str) -> str:
    """Return ``url|version``, or the URL alone."""
    return f"{url}|{version}" if version else url

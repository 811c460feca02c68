"""Patterns of other people's forms, matched in time that grows with the text only."""

from portal.forms.patterns import Pattern, PatternError

MAX_TEXT = 1_048_576


def full_match(pattern: str, value: str) -> bool | None:
    """Whether the whole text matches; None when the pattern uses what is not supported.

    Lazy and possessive quantifiers are read as greedy ones: for the whole text that is the same
    (for possessive ones the text may be refused by others).
    """
    if len(value) > MAX_TEXT:
        return None
    try:
        return Pattern.of(_greedy(pattern)).matches(value)
    except PatternError:
        return None


def _greedy(pattern: str) -> str:
    """Drop the marks of lazy and possessive quantifiers outside classes and escapes."""
    found: list[str] = []
    inside = False
    at = 0
    while at < len(pattern):
        character = pattern[at]
        if character == "\\":
            found.append(pattern[at : at + 2])
            at += 2
            continue
        inside = character == "[" or (inside and character != "]")
        repeated = bool(found) and found[-1] in {"*", "+", "?", "}"} and not inside
        if not (repeated and character in "?+"):
            found.append(character)
        at += 1
    return "".join(found)

"""The types of expressions: what may be compared, combined and passed."""

_NAMED = {
    "number": "a number",
    "text": "text",
    "bool": "a condition",
    "coded": "a code",
    "quantity": "a quantity with unit",
    "date": "a date",
    "datetime": "a date with time",
    "time": "a time of day",
    "duration": "a span of time",
    "any": "a value",
    "amount": "a number or quantity",
    "ordered": "a number, quantity or date",
    "moment": "a date",
    "file": "a file",
    "reference": "a reference",
}

_GROUPS = {
    "amount": frozenset({"number", "quantity"}),
    "ordered": frozenset({"number", "quantity", "date", "datetime", "time"}),
    "moment": frozenset({"date", "datetime"}),
}


def named(kind: str) -> str:
    """Return a type in words."""
    return _NAMED.get(kind, kind)


def fits(kind: str, wanted: str) -> bool:
    """Whether a value of one type can stand where another is wanted."""
    if "any" in {kind, wanted} or kind == wanted:
        return True
    if wanted in _GROUPS:
        return kind in _GROUPS[wanted]
    return {kind, wanted} in ({"date", "datetime"}, {"coded", "text"})


def joined(kinds: list[str]) -> str:
    """Return the common type of several values, ``any`` when they differ."""
    return kinds[0] if kinds and all(kind == kinds[0] for kind in kinds) else "any"


_ADDITIVE = {
    ("number", "number"): "number",
    ("quantity", "quantity"): "quantity",
    ("date", "duration"): "date",
    ("datetime", "duration"): "datetime",
}
_TIMES = {
    ("number", "number"): "number",
    ("number", "quantity"): "quantity",
    ("quantity", "number"): "quantity",
}
_OVER = {
    ("number", "number"): "number",
    ("quantity", "number"): "quantity",
    ("quantity", "quantity"): "number",
}
_TABLES = {
    "+": _ADDITIVE,
    "-": _ADDITIVE,
    "*": _TIMES,
    "/": _OVER,
    "^": {("number", "number"): "number"},
}


def arithmetic_result(operator: str, kinds: list[str]) -> str | None:
    """Return the type that an arithmetic operator gives, or None when it cannot be used."""
    if "any" in kinds:
        return "any"
    if operator == "neg":
        return kinds[0] if kinds[0] in {"number", "quantity"} else None
    return _TABLES[operator].get((kinds[0], kinds[1]))

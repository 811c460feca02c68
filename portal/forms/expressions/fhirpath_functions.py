"""Each function of the expression language as FHIRPath text."""

from collections.abc import Callable


def _years(start: str, end: str) -> str:
    """Return whole years by comparing what follows the year; exact for full dates."""
    first, last = f"({start}).toString()", f"({end}).toString()"
    years = f"{last}.substring(0, 4).toInteger() - {first}.substring(0, 4).toInteger()"
    early = f"{last}.substring(4) < {first}.substring(4)"
    return f"iif(({start}).exists() and ({end}).exists(), {years} - iif({early}, 1, 0), {{}})"


FUNCTIONS: dict[str, Callable[..., str]] = {
    "round": lambda value, places="0": f"({value}).round({places})",
    "abs": lambda value: f"({value}).abs()",
    "sqrt": lambda value: f"({value}).sqrt()",
    "ln": lambda value: f"({value}).ln()",
    "exp": lambda value: f"({value}).exp()",
    "if": lambda test, then, other: f"iif({test}, {then}, iif(({test}).not(), {other}, {{}}))",
    "default": lambda value, other: f"iif(({value}).exists(), {value}, {other})",
    "today": lambda: "today()",
    "visit_date": lambda: "%resource.authored.toDate()",
    "years_between": _years,
    "in_unit": lambda value, unit: f"({value}).toQuantity({unit}).value",
    "length": lambda text: f"({text}).length()",
    "lower": lambda text: f"({text}).lower()",
    "upper": lambda text: f"({text}).upper()",
    "trim": lambda text: f"({text}).trim()",
    "contains": lambda text, part: f"({text}).contains({part})",
    "starts_with": lambda text, part: f"({text}).startsWith({part})",
    "matches": lambda text, pattern: f"({text}).matches('^(?:' + {pattern} + ')$')",
    "concat": lambda *parts: "(" + " + ".join(parts) + ")",
    "before": lambda text, mark: (
        f"iif(({text}).contains({mark}), ({text}).substring(0, ({text}).indexOf({mark})), {text})"
    ),
    "after": lambda text, mark: (
        f"iif(({text}).contains({mark}), "
        f"({text}).substring(({text}).indexOf({mark}) + {mark}.length()), '')"
    ),
    "score": lambda value: f"({value}).weight()",
}

"""Reading JSON of unknown shape: every accessor returns the wanted type or an empty value.

Files come from anywhere; a list where an object belongs, or a number where text belongs, must never
raise. What is wrong is said by ``checking.structure``; these functions only keep going.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

Json = dict[str, Any]
EXTENSION = "http://hl7.org/fhir/StructureDefinition/"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/"
OWN = "https://ern-portal.eu/fhir/StructureDefinition/"
"""Extensions of this project: what FHIR and SDC have no word for."""
UCUM = "http://unitsofmeasure.org"
TRANSLATION = f"{EXTENSION}translation"
_LINE_ENDS = re.compile("[\x85\u2028\u2029]")


def readable(node: Any) -> Any:
    """Replace what a file cannot hold: half characters, and line ends that YAML folds away."""
    if isinstance(node, str):
        return _LINE_ENDS.sub("\n", node.encode("utf-8", "replace").decode("utf-8"))
    if isinstance(node, dict):
        return {readable(key): readable(value) for key, value in node.items()}
    if isinstance(node, list):
        return [readable(one) for one in node]
    return node


def text(node: Any, key: str) -> str:
    """Return a text member, or an empty string."""
    value = node.get(key) if isinstance(node, Mapping) else None
    return value if isinstance(value, str) else ""


def flag(node: Any, key: str) -> bool:
    """Return a boolean member; anything but true is false."""
    return isinstance(node, Mapping) and node.get(key) is True


def child(node: Any, key: str) -> Json:
    """Return an object member, or an empty object."""
    value = node.get(key) if isinstance(node, Mapping) else None
    return value if isinstance(value, dict) else {}


def objects(node: Any, key: str) -> list[Json]:
    """Return the objects of a list member; a single object counts as a list of one."""
    value = node.get(key) if isinstance(node, Mapping) else None
    listed = value if isinstance(value, list) else [value]
    return [one for one in listed if isinstance(one, dict)]


def strings(node: Any, key: str) -> list[str]:
    """Return the texts of a list member."""
    value = node.get(key) if isinstance(node, Mapping) else None
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def number(value: Any) -> Decimal | None:
    """Return a JSON number, or numeric text, as a decimal."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | float | str):
        return None
    if isinstance(value, str) and not 0 < len(value) <= 40:
        return None
    try:
        found = Decimal(str(value))
    except ArithmeticError:
        return None
    return found if found.is_finite() else None


def value_of(node: Any, prefix: str = "value") -> tuple[str, Any]:
    """Return (type, value) of ``value[x]``: ``("Coding", {…})``; ("", None) when there is none."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            if isinstance(key, str) and key.startswith(prefix) and key[len(prefix) :][:1].isupper():
                return key[len(prefix) :], value
    return "", None


def extensions(node: Any, url: str) -> list[Json]:
    """Return the extensions with exactly this address."""
    return [one for one in objects(node, "extension") if one.get("url") == url]


def extension(node: Any, *urls: str) -> Any:
    """Return the value of the first extension with one of these addresses, or None."""
    for url in urls:
        for one in extensions(node, url):
            found = value_of(one)[1]
            if found is not None:
                return found
    return None


def whole(node: Any, *urls: str) -> int | None:
    """Return the whole number of an extension, or None."""
    found = number(extension(node, *urls))
    if found is None or found != found.to_integral_value() or abs(found) > 10**12:
        return None
    return int(found)


def walk(node: Json, key: str = "item") -> Iterator[Json]:
    """Yield every item below a resource or item, parents first, without recursion."""
    todo = list(reversed(objects(node, key)))
    while todo:
        one = todo.pop()
        yield one
        todo += reversed(objects(one, key))


def shown(value: Any, limit: int = 60) -> str:
    """Return a value as a message may quote it: short, on one line, printable."""
    written = value if isinstance(value, str) else str(value)
    cut = written[:limit] + ("…" if len(written) > limit else "")
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in cut)

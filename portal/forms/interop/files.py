"""Files from outside into JSON: bounded, never raising anything but ``UnreadableError``."""

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from portal.forms.interop.access import Json, shown
from portal.forms.interop.xml import from_xml
from portal.kernel.errors import PortalError

MAX_BYTES = 64_000_000
MAX_DEPTH = 160
_SHORT = re.compile(r"-?[0-9]{1,15}\.[0-9]{1,15}")
_BRACKETS = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[{\]}]')


class UnreadableError(PortalError):
    """The file cannot be read as what it should be."""

    code = "unreadable"


@dataclass(frozen=True)
class Resource:
    """A FHIR resource; ``twice`` are property names that stood twice in one object."""

    content: Json
    twice: tuple[str, ...] = ()


def read_text(path: Path) -> str:
    """Return the text of a file (UTF-8); raises :class:`UnreadableError`."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise UnreadableError(f"'{path.name}' is larger than {MAX_BYTES:,} bytes.")
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        reason = error.strerror or "no reason given"
        raise UnreadableError(f"'{path.name}' cannot be opened: {reason}.") from None
    except UnicodeError:
        raise UnreadableError(
            f"'{path.name}' is not UTF-8 text.", hint="Save it again as UTF-8."
        ) from None


def read_resource(path: Path, *kinds: str) -> Resource:
    """Read a FHIR resource from JSON or XML, of one of these kinds where any are named."""
    found = parse(read_text(path), path.name)
    kind = found.content.get("resourceType")
    if kinds and kind not in kinds:
        wanted = " or ".join(kinds)
        raise UnreadableError(f"'{path.name}' holds {shown(kind)!r}; a {wanted} was expected.")
    return found


def parse(written: str, name: str = "(input)") -> Resource:
    """Parse JSON or XML text into a resource; raises :class:`UnreadableError`."""
    if written.lstrip()[:1] == "<":
        try:
            return Resource(from_xml(written))
        except ValueError as fault:
            raise UnreadableError(f"'{name}' is not readable as FHIR XML: {fault}.") from None
    _check_depth(written, name)
    twice: dict[str, None] = {}

    def pairs(found: list[tuple[str, Any]]) -> Json:
        result = dict(found)
        if len(result) < len(found):
            names = [key for key, _ in found]
            twice.update(dict.fromkeys(key for key in result if names.count(key) > 1))
        return result

    try:
        content = json.loads(
            written,
            parse_float=_decimal,
            parse_int=_integer,
            parse_constant=_constant,
            object_pairs_hook=pairs,
        )
    except ValueError as fault:
        message = str(fault) if isinstance(fault, json.JSONDecodeError) else "a number is too long"
        raise UnreadableError(f"'{name}' is not readable as JSON: {message}.") from None
    if not isinstance(content, dict) or not isinstance(content.get("resourceType"), str):
        raise UnreadableError(f"'{name}' is not a FHIR resource: it has no 'resourceType'.")
    return Resource(content, tuple(twice))


def _check_depth(written: str, name: str) -> None:
    """Refuse what is nested so deeply that reading it would exhaust the stack."""
    depth = 0
    for found in _BRACKETS.finditer(written):
        mark = found.group()
        if mark in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise UnreadableError(f"'{name}' is nested more than {MAX_DEPTH} levels deep.")
        elif mark in "]}":
            depth -= 1


def _decimal(written: str) -> Decimal:
    """Keep every digit; absurd exponents are refused, nothing could be computed with them."""
    found = Decimal(written)
    if len(written) > 400 or abs(found.adjusted()) > 400:
        raise ValueError(written[:20])
    return found


def _integer(written: str) -> int | Decimal:
    if len(written) > 400:
        raise ValueError(written[:20])
    return int(written)


def _constant(written: str) -> Any:
    raise ValueError(written)


def plain_numbers(node: Any) -> Any:
    """Return JSON with decimals as numbers that YAML and JSON writers know."""
    if isinstance(node, dict):
        return {key: plain_numbers(value) for key, value in node.items()}
    if isinstance(node, list):
        return [plain_numbers(value) for value in node]
    if isinstance(node, float):
        node = Decimal(repr(node))
    if isinstance(node, int) and abs(node) >= 10**15:
        return str(node)
    return _plain_number(node) if isinstance(node, Decimal) else node


def _plain_number(value: Decimal) -> Any:
    if not value.is_finite():
        return str(value)
    if value == value.to_integral_value() and abs(value) < 10**15:
        return int(value)
    close = float(value)
    exact = Decimal(repr(close)) == value and _SHORT.fullmatch(repr(close))
    return close if exact else str(value)


def write_json(node: Any, level: int = 0) -> str:
    """Return JSON text, indented by two blanks; decimals keep every digit."""
    pad, close = "  " * (level + 1), "  " * level
    if isinstance(node, dict) and node:
        parts = [
            f"{pad}{json.dumps(str(key), ensure_ascii=False)}: {write_json(value, level + 1)}"
            for key, value in node.items()
        ]
        return "{\n" + ",\n".join(parts) + f"\n{close}}}"
    if isinstance(node, list | tuple) and node:
        return "[\n" + ",\n".join(f"{pad}{write_json(v, level + 1)}" for v in node) + f"\n{close}]"
    if isinstance(node, Decimal):
        return format(node, "f")
    return json.dumps(node, ensure_ascii=False)

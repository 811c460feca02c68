"""The formats of FHIR's primitive types."""

import base64
import binascii
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

MAX_STRING = 1_048_576
_DATE = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?)?", re.ASCII)
_CLOCK = r"(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d{1,9})?"
_TIME = re.compile(_CLOCK, re.ASCII)
_ZONED = re.compile(_CLOCK + r"(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00)", re.ASCII)
_CODE = re.compile(r"\S+(?: \S+)*")
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_OID = re.compile(r"[0-2](?:\.(?:0|[1-9]\d*))+", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_BASE64 = re.compile(r"[0-9A-Za-z+/=\s]*")


def is_date(written: str) -> bool:
    """Whether the text is a FHIR date (year, month or day) of the calendar."""
    found = _DATE.fullmatch(written)
    if found is None or found.group(1) == "0000":
        return False
    try:
        date(int(found.group(1)), int(found.group(2) or 1), int(found.group(3) or 1))
    except ValueError:
        return False
    return True


def _is_moment(written: str) -> bool:
    day, mark, clock = written.partition("T")
    if not mark:
        return is_date(day)
    return len(day) == 10 and is_date(day) and bool(_ZONED.fullmatch(clock))


def _is_instant(written: str) -> bool:
    return "T" in written and _is_moment(written)


def uri_fault(written: str) -> str:
    """Return what is wrong with an address, or an empty string."""
    if not written or any(character.isspace() for character in written):
        return "an address holds no blanks and is not empty"
    if written.startswith("urn:uuid:") and not _UUID.fullmatch(written[9:]):
        return "a UUID has 36 small letters, digits and hyphens"
    if written.startswith("urn:oid:") and not _OID.fullmatch(written[8:]):
        return "an OID is made of numbers with dots between them"
    return ""


def decoded_size(written: str) -> int | None:
    """Return the number of bytes behind base64 text, or None when it is none."""
    if not _BASE64.fullmatch(written):
        return None
    try:
        return len(base64.b64decode("".join(written.split()), validate=True))
    except (binascii.Error, ValueError):
        return None


def _string(value: str) -> str:
    if not value:
        return "text must not be empty"
    if len(value) > MAX_STRING:
        return f"text is longer than {MAX_STRING:,} characters"
    return "a control character is not allowed in text" if _CONTROL.search(value) else ""


def _by_test(test: Callable[[str], Any], message: str) -> Callable[[str], str]:
    return lambda value: "" if len(value) <= 4000 and test(value) else message


TEXTS: dict[str, Callable[[str], str]] = {
    "string": _string,
    "markdown": _string,
    "date": _by_test(is_date, "a date is written 2024, 2024-05 or 2024-05-17"),
    "dateTime": _by_test(_is_moment, "a moment is written 2024-05-17T14:30:00+02:00"),
    "instant": _by_test(_is_instant, "an instant is written 2024-05-17T14:30:00Z"),
    "time": _by_test(_TIME.fullmatch, "a time is written 14:30:00"),
    "code": _by_test(_CODE.fullmatch, "a code has no blanks at its ends and no double ones"),
    "id": _by_test(_ID.fullmatch, "an id has at most 64 letters, digits, hyphens and dots"),
    "uri": uri_fault,
    "url": uri_fault,
    "canonical": uri_fault,
    "uuid": uri_fault,
    "oid": uri_fault,
    "base64Binary": lambda value: "" if decoded_size(value) is not None else "not base64",
    "xhtml": lambda value: "" if value.lstrip().startswith("<div") else "a narrative is a <div>",
}
_LIMITS = {
    "integer": (-(2**31), 2**31 - 1),
    "unsignedInt": (0, 2**31 - 1),
    "positiveInt": (1, 2**31 - 1),
}


def fault(kind: str, value: Any) -> str:
    """Return what is wrong with a primitive value of a type, or an empty string."""
    if kind == "boolean":
        return "" if isinstance(value, bool) else "true or false was expected"
    if kind == "decimal":
        number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
        return "" if number else "a number was expected"
    if kind in _LIMITS:
        least, most = _LIMITS[kind]
        if not isinstance(value, int) or isinstance(value, bool):
            return "a whole number was expected"
        return (
            "" if least <= value <= most else f"a whole number from {least} to {most} was expected"
        )
    if not isinstance(value, str):
        return "text was expected"
    return TEXTS[kind](value) if kind in TEXTS else ""

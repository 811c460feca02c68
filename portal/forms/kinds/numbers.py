"""Numbers: whole, decimal (never binary floating point) and quantities with a UCUM unit."""

import re
from decimal import Decimal
from typing import Any, ClassVar

from portal.forms.expressions.units import comparable, is_unit
from portal.forms.expressions.values import Quantity, number_text
from portal.forms.kinds.base import AnswerError, Field, Kind, Posted, Reader, first
from portal.kernel.errors import Issue

_INTEGER = re.compile(r"[+-]?[0-9]{1,15}", re.ASCII)
_DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", re.ASCII)
_TYPED = re.compile(
    r"([+-]?)([0-9]{1,15}|[0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3}){1,4})(?:[.,]([0-9]{1,15}))?"
)
_AMOUNT = re.compile(r"([+\-0-9.,\u00a0\u202f ]*[0-9])\s*(\S*)")
MAX_WHOLE = 10**15
MAX_PLACES = 12


def typed_number(text: str) -> str | None:
    """Return ``12,5``, ``12.5`` or ``1 250`` as canonical text, or None."""
    found = _TYPED.fullmatch(text.strip().replace("−", "-"))
    if not found:
        return None
    sign, whole, fraction = found.groups()
    digits = re.sub(r"\D", "", whole)
    return f"{'-' if sign == '-' else ''}{digits}" + (f".{fraction}" if fraction else "")


def number_from(value: Any) -> str | None:
    """Return a JSON number or numeric text as canonical text, or None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return str(value) if abs(value) < MAX_WHOLE else None
    if isinstance(value, float):
        text = format(Decimal(repr(value)), "f") if abs(value) < MAX_WHOLE else ""
        return text if _DECIMAL.fullmatch(text) else None
    return typed_number(value) if isinstance(value, str) and len(value) < 60 else None


class IntegerKind(Kind):
    """A whole number; stored as a JSON integer."""

    name = "integer"
    expression_type = "number"
    input_mode = "numeric"

    def reader(self, field: Field) -> Reader:  # noqa: ARG002
        """Accept integers below 10^15."""

        def read(value: Any) -> Decimal:
            if type(value) is not int or not -MAX_WHOLE < value < MAX_WHOLE:
                raise AnswerError("integer")
            return Decimal(value)

        return read

    def coerce(self, field: Field, value: Any) -> int:  # noqa: ARG002
        """Accept integers, integral numbers and their text."""
        text = number_from(value)
        if text is None or Decimal(text) != Decimal(text).to_integral_value():
            raise AnswerError("integer")
        return int(Decimal(text))

    def store(self, field: Field, typed: Any) -> Any:  # noqa: ARG002
        """Hold integral numbers."""
        if isinstance(typed, Decimal) and typed == typed.to_integral_value():
            return int(typed) if abs(typed) < MAX_WHOLE else None
        return None


class DecimalKind(Kind):
    """A decimal number; stored as text, so that no digit is lost or invented."""

    name = "decimal"
    expression_type = "number"
    input_mode = "decimal"

    def reader(self, field: Field) -> Reader:
        """Accept canonical text with at most ``decimals`` places."""
        places = field.item.decimals

        def read(value: Any) -> Decimal:
            if type(value) is int and -MAX_WHOLE < value < MAX_WHOLE:
                return Decimal(value)
            if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
                raise AnswerError("decimal")
            check_places(value, places)
            return Decimal(value)

        return read

    def coerce(self, field: Field, value: Any) -> str:  # noqa: ARG002
        """Accept numbers and text with a dot or a comma."""
        text = number_from(value)
        if text is None:
            raise AnswerError("decimal")
        return text

    def store(self, field: Field, typed: Any) -> Any:
        """Write the number as text, rounded half up to ``decimals`` (or 12) places."""
        if not isinstance(typed, Decimal):
            return None
        text = number_text(limited(typed, field.item.decimals))
        return text if _DECIMAL.fullmatch(text) else None

    def check_definition(self, field: Field) -> list[Issue]:
        """Check the number of places."""
        return too_many_places(field)


def limited(value: Decimal, places: int | None) -> Decimal:
    """Return the value with at most that many places (12 where no limit is given)."""
    limit = MAX_PLACES if places is None else places
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or -exponent <= limit:
        return value
    return value.quantize(Decimal(1).scaleb(-limit), "ROUND_HALF_UP")


def check_places(text: str, places: int | None) -> None:
    """Raise when more decimal places are written than the item allows."""
    if places is not None and len(text.partition(".")[2].rstrip("0")) > places:
        raise AnswerError("decimals", places=places)


def too_many_places(field: Field) -> list[Issue]:
    """Return the fault of an item that asks for more places than the portal computes with."""
    if (field.item.decimals or 0) <= MAX_PLACES:
        return []
    return [Issue(f"at most {MAX_PLACES} decimal places are possible", key="decimals")]


class QuantityKind(Kind):
    """A number with a unit; stored as ``{"value": "1.80", "unit": "m"}``."""

    name = "quantity"
    expression_type = "quantity"
    input_mode = "decimal"
    parts: ClassVar[tuple[str, ...]] = ("", "unit")

    def units(self, field: Field) -> tuple[str, ...]:
        """Return the units of the item, the first one being the default."""
        item = field.item
        named = (item.unit,) if item.unit else ()
        return (*named, *(unit for unit in item.units if unit not in named))

    def reader(self, field: Field) -> Reader:
        """Accept one of the item's units (any UCUM unit when ``units_open``)."""
        units, places = self.units(field), field.item.decimals
        listed, open_ = frozenset(units), field.item.units_open

        def read(value: Any) -> Quantity:
            if not isinstance(value, dict) or value.keys() != {"value", "unit"}:
                raise AnswerError("shape")
            number, unit = value["value"], value["unit"]
            if not isinstance(number, str) or not _DECIMAL.fullmatch(number):
                raise AnswerError("decimal")
            if not isinstance(unit, str) or not (unit in listed or (open_ and is_unit(unit))):
                raise AnswerError("unit", unit=str(unit)[:40], units=", ".join(units))
            check_places(number, places)
            return Quantity(Decimal(number), unit)

        return read

    def parse(self, field: Field, posted: Posted) -> Any:
        """Take a number and its unit; ``1,80 m`` typed into the number is understood too."""
        text = first(posted)
        if not text:
            return None
        if typed_number(text) is not None:
            unit = first(posted, "unit") or next(iter(self.units(field)), "")
            return self.coerce(field, {"value": text, "unit": unit})
        return self.coerce(field, text)

    def coerce(self, field: Field, value: Any) -> dict[str, str]:
        """Accept ``{"value", "unit"}``, ``1.80 m``, or a bare number in the first unit."""
        units = self.units(field)
        if isinstance(value, dict):
            number, unit = number_from(value.get("value")), value.get("unit") or value.get("code")
        elif isinstance(value, str) and typed_number(value) is None:
            found = _AMOUNT.fullmatch(value.strip()) if len(value) < 100 else None
            number = typed_number(found.group(1)) if found else None
            unit = found.group(2) if found else ""
        else:
            number, unit = number_from(value), next(iter(units), "")
        if number is None:
            raise AnswerError("decimal")
        if not unit:
            raise AnswerError("unit_missing")
        stored = {"value": number, "unit": str(unit)}
        self.reader(field)(stored)
        return stored

    def store(self, field: Field, typed: Any) -> Any:
        """Write a computed quantity in its own unit where allowed, else in the item's first."""
        if not isinstance(typed, Quantity):
            return None
        units = self.units(field)
        unit = typed.unit
        if unit not in units and not field.item.units_open:
            unit = next((known for known in units if comparable(typed.unit, known)), "")
        if not unit:
            return None
        number = number_text(limited(typed.to(unit), field.item.decimals))
        return {"value": number, "unit": unit} if _DECIMAL.fullmatch(number) else None

    def display(self, field: Field, value: Any, language: str) -> str:  # noqa: ARG002
        """Show number and unit."""
        return f"{value['value']} {value['unit']}"

    def texts(self, field: Field, value: Any) -> dict[str, str]:
        """Give the number and the unit to their inputs."""
        if not isinstance(value, dict):
            return {"": "", "unit": next(iter(self.units(field)), "")}
        return {"": str(value.get("value", "")), "unit": str(value.get("unit", ""))}

    def is_empty(self, value: Any) -> bool:
        """Say so when there is no number."""
        return not isinstance(value, dict) or not value.get("value")

    def check_definition(self, field: Field) -> list[Issue]:
        """Check that every unit is UCUM (they need not measure the same: mmol/L and mg/dL)."""
        key = "units" if field.item.units else "unit"
        wrong = [unit for unit in self.units(field) if not is_unit(unit)]
        issues = [Issue(f"'{unit}' is not a UCUM unit", key=key) for unit in wrong]
        return [*issues, *too_many_places(field)]

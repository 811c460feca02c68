"""Single answers: the right type, within the limits that the item sets."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from portal.forms.expressions.moments import compare, moment, time_of_day
from portal.forms.interop.access import (
    EXTENSION,
    SDC,
    UCUM,
    Json,
    extension,
    extensions,
    number,
    shown,
    text,
    value_of,
    whole,
)
from portal.forms.interop.checking.enabling import compare_quantities
from portal.forms.interop.checking.files import AttachmentCheck, check_reference
from portal.forms.interop.checking.items import CODED, TYPES, Asked
from portal.forms.interop.checking.options import OPTION_TYPES, OptionCheck
from portal.forms.interop.checking.patterns import full_match
from portal.forms.interop.findings import Findings

MIN, MAX = f"{EXTENSION}minValue", f"{EXTENSION}maxValue"
MIN_QUANTITY = (f"{SDC}sdc-questionnaire-minQuantity", MIN)
MAX_QUANTITY = (f"{SDC}sdc-questionnaire-maxQuantity", MAX)
DECIMALS = f"{EXTENSION}maxDecimalPlaces"
MIN_LENGTH = f"{EXTENSION}minLength"
REGEX, ENTRY_FORMAT = f"{EXTENSION}regex", f"{EXTENSION}entryFormat"
UNIT = f"{EXTENSION}questionnaire-unit"
UNIT_OPTION = f"{EXTENSION}questionnaire-unitOption"
UNIT_SET = f"{EXTENSION}questionnaire-unitValueSet"
UNIT_OPEN = f"{EXTENSION}questionnaire-unitOpen"


class ValueCheck:
    """Checks the value of one answer after another.

    ``inside`` are the resources that the response carries: id to type.
    """

    def __init__(self, options: OptionCheck, findings: Findings, inside: Mapping[str, str]) -> None:
        self.options = options
        self.inside = inside
        self.findings = findings
        self.attachments = AttachmentCheck(findings)

    def value(self, asked: Asked, answer: Json, count: int) -> None:
        """Check one answer; ``count`` is how many the item has."""
        kind, value = value_of(answer)
        if not kind:
            return
        if asked.kind in CODED:
            if kind in OPTION_TYPES:
                self.options.choice(asked, kind, value, count)
            else:
                self._wrong_type(asked, kind, "Coding")
            return
        wanted = TYPES.get(asked.kind)
        if wanted is None:
            return
        if kind != wanted:
            self._wrong_type(asked, kind, wanted)
            return
        check = _CHECKS.get(wanted)
        if check is not None:
            check(self, asked, value)
        if "answerOption" in asked.node and kind not in {"Attachment", "Boolean"}:
            self.options.listed(asked, kind, value, count)

    def _wrong_type(self, asked: Asked, kind: str, wanted: str) -> None:
        name = wanted if wanted in _COMPLEX else wanted[:1].lower() + wanted[1:]
        found = kind if kind in _COMPLEX else kind[:1].lower() + kind[1:]
        self.findings.error(
            "invariant", asked.link_id, f"the answer must be of the type {name}, not {found}"
        )

    def limits(self, asked: Asked, order: Callable[[Any], int | None], shown_as: str) -> None:
        """Compare a value with ``minValue`` and ``maxValue``; ``order`` compares it with one."""
        for url, sign, word in (
            (MIN, -1, "less than the minimum"),
            (MAX, 1, "more than the maximum"),
        ):
            limit = extension(asked.node, url)
            if limit is not None and order(limit) == sign:
                self.findings.error(
                    "invariant", asked.link_id, f"{shown_as} is {word}, {shown(limit)}"
                )

    def numeric(self, asked: Asked, value: Any) -> None:
        """Check a number against its limits and its decimal places."""
        exact = number(value)
        if exact is None or isinstance(value, str):
            return

        def order(limit: Any) -> int | None:
            bound = number(limit)
            return None if bound is None else (exact > bound) - (exact < bound)

        self.limits(asked, order, shown(value))
        self.places(asked, exact)

    def places(self, asked: Asked, value: Decimal) -> None:
        """Check how many decimal places were written."""
        most, exponent = whole(asked.node, DECIMALS), value.as_tuple().exponent
        if most is not None and isinstance(exponent, int) and -exponent > most:
            self.findings.error(
                "invariant", asked.link_id, f"{shown(value)} has more than {most} decimal places"
            )

    def moment(self, asked: Asked, value: Any) -> None:
        """Check a date or a date with time against its limits."""
        found = moment(value) if isinstance(value, str) else None

        def order(limit: Any) -> int | None:
            bound = moment(limit) if isinstance(limit, str) else None
            return compare(found, bound) if found is not None and bound is not None else None

        self.limits(asked, order, shown(value))

    def time(self, asked: Asked, value: Any) -> None:
        """Check a time of day against its limits."""
        found = time_of_day(value.partition(".")[0]) if isinstance(value, str) else None

        def order(limit: Any) -> int | None:
            bound = time_of_day(limit.partition(".")[0]) if isinstance(limit, str) else None
            return compare(found, bound) if found is not None and bound is not None else None

        self.limits(asked, order, shown(value))

    def string(self, asked: Asked, value: Any) -> None:
        """Check the length, pattern and lines of a text."""
        if not isinstance(value, str):
            return
        least, most = whole(asked.node, MIN_LENGTH), number(asked.node.get("maxLength"))
        if least is not None and len(value) < least:
            self.findings.error(
                "invariant",
                asked.link_id,
                f"the text has {len(value):,} characters, {least:,} needed",
            )
        if most is not None and len(value) > most:
            message = f"the text has {len(value):,} characters, at most {most} are possible"
            self.findings.error("too-long", asked.link_id, message)
        self._pattern(asked, value)
        if asked.kind == "string" and ("\n" in value or "\r" in value):
            self.findings.warning("invariant", asked.link_id, "a short text should have one line")

    def _pattern(self, asked: Asked, value: str) -> None:
        pattern = extension(asked.node, REGEX)
        if not isinstance(pattern, str):
            return
        found = full_match(pattern, value)
        if found is None:
            self.findings.warning(
                "not-supported", asked.link_id, f"the pattern '{shown(pattern)}' is not checkable"
            )
        elif not found:
            wanted = extension(asked.node, ENTRY_FORMAT)
            like = f"like '{shown(wanted)}'" if isinstance(wanted, str) else shown(pattern)
            self.findings.error("invariant", asked.link_id, f"'{shown(value)}' is not {like}")

    def quantity(self, asked: Asked, value: Any) -> None:
        """Check a quantity: limits after conversion, decimal places, allowed units."""
        if not isinstance(value, dict):
            return
        self._quantity_limits(asked, value)
        exact = number(value.get("value"))
        if exact is not None:
            self.places(asked, exact)
        self._units(asked, value)

    def _quantity_limits(self, asked: Asked, value: Json) -> None:
        for urls, sign, word in ((MIN_QUANTITY, -1, "less"), (MAX_QUANTITY, 1, "more")):
            limit = extension(asked.node, *urls)
            if not isinstance(limit, dict):
                continue
            written, bound = _amount(value), _amount(limit)
            formal = all(text(q, "system") and text(q, "code") for q in (value, limit))
            order = compare_quantities(value, limit) if formal else None
            if order is None:
                why = "the units do not fit" if formal else "there is no formal unit"
                self.findings.error(
                    "invariant", asked.link_id, f"{written} cannot be compared with {bound}: {why}"
                )
            elif order == sign:
                self.findings.error("invariant", asked.link_id, f"{written} is {word} than {bound}")

    def _units(self, asked: Asked, value: Json) -> None:
        node = asked.node
        options = [value_of(one)[1] for one in extensions(node, UNIT_OPTION)]
        units = [one for one in options if isinstance(one, dict)]
        closed = extension(node, UNIT_OPEN) not in {"optionsOrType", "optionsOrString"}
        if units and closed and not any(_is_unit(value, one) for one in units):
            named = ", ".join(shown(text(o, "code") or text(o, "display"), 20) for o in units)
            message = f"{_amount(value)}: the unit must be one of {named}"
            self.findings.error("invariant", asked.link_id, message)
        value_set = extension(node, UNIT_SET)
        if isinstance(value_set, str):
            self.options.in_set(asked.link_id, value_set, value)
        only = extension(node, UNIT)
        if isinstance(only, dict) and not units and not _is_unit(value, only):
            self.findings.warning(
                "business-rule",
                asked.link_id,
                f"{_amount(value)}: the unit {shown(text(only, 'code'), 20)} was expected",
            )
        if text(value, "system") == UCUM and text(value, "code"):
            self.options.exists(asked.link_id, {"system": UCUM, "code": text(value, "code")})

    def address(self, asked: Asked, value: Any) -> None:
        """Check the length and pattern of an address; its format is a matter of shape."""
        self.string(asked, value)

    def attachment(self, asked: Asked, value: Any) -> None:
        """Check type and size of an attachment."""
        if isinstance(value, dict):
            self.attachments.check(asked, value)

    def reference(self, asked: Asked, value: Any) -> None:
        """Check what a reference points to."""
        if isinstance(value, dict):
            check_reference(self.findings, asked, value, self.inside)


_COMPLEX = frozenset({"Coding", "Quantity", "Attachment", "Reference"})
_CHECKS: dict[str, Callable[[ValueCheck, Asked, Any], None]] = {
    "Integer": ValueCheck.numeric,
    "Decimal": ValueCheck.numeric,
    "Date": ValueCheck.moment,
    "DateTime": ValueCheck.moment,
    "Time": ValueCheck.time,
    "String": ValueCheck.string,
    "Uri": ValueCheck.address,
    "Quantity": ValueCheck.quantity,
    "Attachment": ValueCheck.attachment,
    "Reference": ValueCheck.reference,
}


def _amount(value: Json) -> str:
    unit = text(value, "unit") or text(value, "code")
    return f"{shown(value.get('value'))} {shown(unit, 20)}".strip()


def _is_unit(value: Json, unit: Json) -> bool:
    """Whether a quantity is in a unit: by system and code, by its name where there is no code."""
    if text(unit, "code"):
        system = text(unit, "system")
        return text(value, "code") == text(unit, "code") and system in {"", text(value, "system")}
    return text(value, "unit") == text(unit, "display")

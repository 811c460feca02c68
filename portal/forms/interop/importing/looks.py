"""How an item looks and what it asks for: controls, hints, limits, units, files."""

from typing import Any

from portal.forms.definition.shapes import DECIMAL
from portal.forms.definition.vocabulary import CONTROLS, keywords_for
from portal.forms.expressions.units import is_unit
from portal.forms.interop.access import UCUM, Json, extension, extensions, number, text, value_of
from portal.forms.interop.checking.items import Asked
from portal.forms.interop.exporting import addresses as a
from portal.forms.interop.importing.constants import MOMENTS, NUMBERS, limit, size
from portal.forms.interop.importing.context import Context, is_repeat
from portal.forms.interop.importing.kinds import TABLES, control_code
from portal.forms.interop.importing.leftovers import Leftovers
from portal.forms.interop.wording import UntranslatableError
from portal.forms.patterns import Pattern, PatternError

Fields = dict[str, Any]
_CODES = {code: word for word, code in a.CONTROLS.items()}


class Looks:
    """Reads the extensions of one item that need no other item."""

    def __init__(self, context: Context, asked: Asked, left: Leftovers, fields: Fields) -> None:
        self.context = context
        self.asked = asked
        self.left = left
        self.fields = fields
        self.kind: str = fields["type"]
        self.renamed: Json = {}

    def may(self, keyword: str) -> bool:
        """Whether a keyword can stand on this item and was not refused before."""
        return keyword in keywords_for(self.kind) and self.context.allows(self.asked, keyword)

    def read(self) -> None:
        """Read all of them."""
        self.texts()
        self.control()
        self.counts()
        self.pattern()
        if self.kind == "quantity":
            self.units()
        self.limits()
        if self.kind == "file":
            self.files()
        if self.kind == "reference":
            self._several("of", a.REFERENCE, "Code")

    def texts(self) -> None:
        """Read the short texts."""
        language = self.context.language
        for keyword, url in (
            ("short_label", a.SHORT_TEXT),
            ("other_label", a.OPEN_LABEL),
            ("placeholder", a.ENTRY_FORMAT),
        ):
            if not self.may(keyword):
                continue
            words = self.left.take_extension_text(url, language)
            if words:
                self.fields[keyword] = words

    def control(self) -> None:
        """Read which control shows the item, and how."""
        hidden = self.may("hidden") and extension(self.left.node, a.HIDDEN) is True
        if hidden and self.left.take_extension(a.HIDDEN, "Boolean"):
            self.fields["hidden"] = True
        self._item_control()
        if self.kind == "note" and not self.fields.get("control"):
            self._category()
        layout = extension(self.left.node, a.ORIENTATION)
        if layout in {"vertical", "horizontal"}:
            taken = self.left.take_extension(a.ORIENTATION, "Code")
            self.fields |= {"layout": taken} if taken else {}
        self._width()
        link = extension(self.left.node, a.LINK)
        if isinstance(link, str) and 0 < len(link) < 2000:
            taken = self.left.take_extension(a.LINK, "Uri")
            self.fields |= {"link": taken} if taken else {}

    def _item_control(self) -> None:
        found = self.left.extensions(a.ITEM_CONTROL)
        code = control_code(self.asked)
        if len(found) != 1 or not _is_concept(found[0], a.CONTROL_SYSTEM, code):
            return
        if self.kind == "table" and code in TABLES:
            self.left.drop(found)
            if code != "table":
                self.renamed["control"] = code
            return
        if is_repeat(self.asked) and code == "gtable" and self.may("control"):
            self.left.drop(found)
            self.fields["control"] = "table"
            return
        if is_repeat(self.asked) and code == "table":
            return
        word = _CODES.get(code, code)
        possible = word in CONTROLS.get(self.kind, ()) and self.may("control")
        if word == "search" and not self.fields.get("options_from"):
            possible = False
        if possible and a.CONTROLS.get(word, word) == code:
            self.left.drop(found)
            self.fields["control"] = word

    def _category(self) -> None:
        found = self.left.extensions(a.DISPLAY_CATEGORY)
        concept = extension(self.left.node, a.DISPLAY_CATEGORY)
        code = text((concept or {}).get("coding", [{}])[0], "code") if _coded(concept) else ""
        known = len(found) == 1 and code in a.CATEGORIES
        if known and _is_concept(found[0], a.CATEGORY_SYSTEM, code):
            self.left.drop(found)
            self.fields["control"] = code

    def _width(self) -> None:
        found = extension(self.left.node, a.WIDTH)
        wanted = {"unit": "%", "system": UCUM, "code": "%"}
        if (
            not isinstance(found, dict)
            or {k: v for k, v in found.items() if k != "value"} != wanted
        ):
            return
        value = found.get("value")
        possible = isinstance(value, int) and 10 <= value <= 100
        if possible and self.left.take_extension(a.WIDTH, "Quantity"):
            self.fields["width"] = value

    def counts(self) -> None:
        """Read how many answers, characters and decimal places are possible."""
        several = self.fields.get("multiple") or self.fields.get("repeats")
        for keyword, url in (
            ("at_least", a.MIN_OCCURS),
            ("at_most", a.MAX_OCCURS),
            ("min_length", a.MIN_LENGTH),
            ("decimals", a.DECIMALS),
        ):
            counts_answers = keyword.startswith("at_")
            if not self.may(keyword) or (counts_answers and not several):
                continue
            value = extension(self.left.node, url)
            if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9:
                if value == 0 and keyword != "decimals":
                    continue
                if self.left.take_extension(url, "Integer") is not None:
                    self.fields[keyword] = value
        exact = number(extension(self.left.node, a.STEP))
        written = "" if exact is None else format(exact, "f")
        possible = DECIMAL.fullmatch(written) and self.may("step") and self.kind in NUMBERS
        if possible and self.left.take_extension(a.STEP, *NUMBERS[self.kind]) is not None:
            self.fields["step"] = written

    def pattern(self) -> None:
        """Read the pattern of a text, or the precision of a date."""
        written = extension(self.left.node, a.REGEX)
        if self.kind == "date":
            self.fields["precision"] = "any"
        if not isinstance(written, str):
            return
        if self.kind == "date" and self.may("precision"):
            for precision, pattern in a.PRECISIONS.items():
                if pattern == written and self.left.take_extension(a.REGEX, "String"):
                    self.fields["precision"] = precision
            return
        usable = self.may("pattern") and _usable(written)
        if usable and self.left.take_extension(a.REGEX, "String"):
            self.fields["pattern"] = written

    def limits(self) -> None:
        """Read the least and the greatest possible value."""
        kinds = {**NUMBERS, **MOMENTS, "quantity": ("Quantity",)}.get(self.kind)
        if kinds is None:
            return
        quantity = self.kind == "quantity"
        for keyword, url in (
            ("min", a.MIN_QUANTITY if quantity else a.MIN_VALUE),
            ("max", a.MAX_QUANTITY if quantity else a.MAX_VALUE),
        ):
            if not self.may(keyword):
                continue
            written = limit(self.kind, extension(self.left.node, url))
            own = self.fields.get("unit") or next(iter(self.fields.get("units", ())), None)
            number, _, unit = written.partition(" ")
            written = number if quantity and unit.strip("'\"") == own else written
            if written and self.left.take_extension(url, *kinds) is not None:
                self.fields[keyword] = written
            elif not written:
                self._moving(keyword, url)

    def _moving(self, keyword: str, url: str) -> None:
        """Read a limit that is computed."""
        found = self.left.extensions(url)
        beside = (
            [v for k, v in found[0].items() if k.startswith("_value")] if len(found) == 1 else []
        )
        inner = extensions(beside[0], a.CQF_EXPRESSION) if len(beside) == 1 else []
        if len(inner) != 1 or set(found[0]) - {"url"} != {k for k in found[0] if k[0] == "_"}:
            return
        try:
            written, _ = self.context.value(value_of(inner[0])[1], self.asked)
        except UntranslatableError as reason:
            self.context.report.keep(self.asked.link_id, keyword, str(reason))
            return
        self.left.drop(found)
        self.fields[keyword] = written
        self.context.report.translated += 1

    def units(self) -> None:
        """Read the units of a quantity; one that is open needs none."""
        unit = self._unit_codes(a.UNIT)
        units = self._unit_codes(a.UNIT_OPTION)
        if len(unit) == 1 and self.may("unit"):
            self.left.drop(self.left.extensions(a.UNIT))
            self.fields["unit"] = unit[0]
        if units and len(set(units)) == len(units) and self.may("units"):
            self.left.drop(self.left.extensions(a.UNIT_OPTION))
            self.fields["units"] = tuple(units)
        named = self.fields.get("unit") or self.fields.get("units")
        is_open = extension(self.left.node, a.UNIT_OPEN) == "optionsOrType"
        if named and is_open and self.left.take_extension(a.UNIT_OPEN, "Code"):
            self.fields["units_open"] = True
        if not named:
            self.fields["units_open"] = True

    def _unit_codes(self, url: str) -> list[str]:
        """Return the UCUM codes of all extensions with this address, [] when one is none."""
        found: list[str] = []
        for one in self.left.extensions(url):
            coding = one.get("valueCoding")
            code = text(coding, "code")
            plain = isinstance(coding, dict) and set(coding) <= {"system", "code", "display"}
            fits = plain and text(coding, "system") == UCUM and is_unit(code)
            if not fits or set(one) != {"url", "valueCoding"}:
                return []
            display = text(coding, "display")
            if display != code:
                self.renamed.setdefault("units", {})[code] = display or None
            found.append(code)
        return found

    def files(self) -> None:
        """Read which files are possible."""
        self._several("accept", a.MIME_TYPE, "Code")
        written = size(extension(self.left.node, a.MAX_SIZE))
        taken = written and self.may("max_size")
        if taken and self.left.take_extension(a.MAX_SIZE, "Decimal", "Integer") is not None:
            self.fields["max_size"] = written

    def _several(self, keyword: str, url: str, kind: str) -> None:
        found = [one.get(f"value{kind}") for one in self.left.extensions(url)]
        if found and all(isinstance(one, str) and one for one in found) and self.may(keyword):
            taken = self.left.take_extensions(url, kind)
            if taken:
                self.fields[keyword] = tuple(taken)


def _coded(concept: Any) -> bool:
    listed = concept.get("coding") if isinstance(concept, dict) else None
    return isinstance(listed, list) and len(listed) == 1


def _is_concept(found: Json, system: str, code: str) -> bool:
    """Whether an extension holds one plain code of a system and nothing else."""
    wanted = {"coding": [{"system": system, "code": code}]}
    return set(found) == {"url", "valueCodeableConcept"} and found["valueCodeableConcept"] == wanted


def _usable(pattern: str) -> bool:
    try:
        Pattern.of(pattern)
    except PatternError:
        return False
    return True

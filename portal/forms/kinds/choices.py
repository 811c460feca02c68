"""Choices: yes or no, options of the form, codes from a terminology, free text where allowed."""

from decimal import Decimal
from typing import Any, ClassVar

from portal.forms.definition import Option, same_system
from portal.forms.expressions.values import Coded
from portal.forms.kinds.base import AnswerError, Field, Kind, Posted, Reader, first, label_of

_KEYS = frozenset({"system", "version", "code", "display", "language"})
OTHER = "~"
"""What a page posts when the answer stands in the words beside the options."""
MAX_CODE = 200
MAX_DISPLAY = 2_000


class YesNoKind(Kind):
    """Yes, no, or not answered; stored as a JSON boolean."""

    name = "yes_no"
    expression_type = "bool"

    def reader(self, field: Field) -> Reader:  # noqa: ARG002
        """Accept booleans only."""

        def read(value: Any) -> bool:
            if value is True or value is False:
                return bool(value)
            raise AnswerError("yes_no")

        return read

    def coerce(self, field: Field, value: Any) -> bool:  # noqa: ARG002
        """Accept booleans and the words yes, no, true, false."""
        words = {"true": True, "yes": True, "false": False, "no": False}
        found = value if isinstance(value, bool) else words.get(str(value).strip().lower())
        if found is None:
            raise AnswerError("yes_no")
        return found

    def store(self, field: Field, typed: Any) -> Any:  # noqa: ARG002
        """Hold booleans."""
        return typed if isinstance(typed, bool) else None

    def display(self, field: Field, value: Any, language: str) -> str:  # noqa: ARG002
        """Say yes or no in the language."""
        yes, no = YES_NO.get(language.split("-", maxsplit=1)[0], YES_NO["en"])
        return yes if value else no

    def texts(self, field: Field, value: Any) -> dict[str, str]:  # noqa: ARG002
        """Give the radio buttons their state."""
        return {"": "" if value is None else "true" if value else "false"}

    def is_empty(self, value: Any) -> bool:
        """Say so for nothing at all; False is an answer."""
        return value is None


YES_NO = {
    "bg": ("Да", "Не"),
    "cs": ("Ano", "Ne"),
    "da": ("Ja", "Nej"),
    "de": ("Ja", "Nein"),
    "el": ("Ναι", "Όχι"),
    "en": ("Yes", "No"),
    "es": ("Sí", "No"),
    "et": ("Jah", "Ei"),
    "fi": ("Kyllä", "Ei"),
    "fr": ("Oui", "Non"),
    "ga": ("Tá", "Níl"),
    "hr": ("Da", "Ne"),
    "hu": ("Igen", "Nem"),
    "it": ("Sì", "No"),
    "lt": ("Taip", "Ne"),
    "lv": ("Jā", "Nē"),
    "mt": ("Iva", "Le"),
    "nl": ("Ja", "Nee"),
    "pl": ("Tak", "Nie"),
    "pt": ("Sim", "Não"),
    "ro": ("Da", "Nu"),
    "sk": ("Áno", "Nie"),
    "sl": ("Da", "Ne"),
    "sv": ("Ja", "Nej"),
}


class ChoiceKind(Kind):
    """One coded answer; stored with system, version, code, display and language.

    Free text, where ``other: true``, is stored as ``{"text": …}``.
    """

    name = "choice"
    expression_type = "coded"
    parts: ClassVar[tuple[str, ...]] = (
        "",
        "system",
        "version",
        "code",
        "display",
        "language",
        "text",
    )

    def reader(self, field: Field) -> Reader:
        """Accept the form's options, or any code where a terminology decides on save."""
        item = field.item
        known = {(o.system, o.code): _coded(o) for o in field.options}
        bound, other = bool(item.options_from), item.other

        def read(value: Any) -> Coded | str:
            if not isinstance(value, dict):
                raise AnswerError("shape")
            if "text" in value:
                return _read_text(value, other=other)
            system, code = value.get("system", ""), value.get("code")
            if not isinstance(code, str) or not isinstance(system, str):
                raise AnswerError("shape")
            found = known.get((same_system(system), code))
            if found is not None:
                return found
            if not bound or not code:
                raise AnswerError("option", found=str(value.get("display") or code)[:80])
            _check_coding(value)
            return Coded(same_system(system), code)

        return read

    def parse(self, field: Field, posted: Posted) -> Any:
        """Take ``system|code`` of an option, the parts of a searched code, or free text."""
        picked = first(posted)
        if picked == "-":
            return None
        if picked and picked != OTHER:
            return self.coerce(field, picked)
        code = first(posted, "code")
        if code:
            found = {part: first(posted, part) for part in sorted(_KEYS)}
            return self.coerce(field, {key: text for key, text in found.items() if text})
        text = first(posted, "text")
        return {"text": text[:MAX_DISPLAY]} if text else None

    def coerce(self, field: Field, value: Any) -> dict[str, Any]:
        """Accept a coding, ``system|code``, or a code of the form; fill in the display."""
        if isinstance(value, dict):
            stored = {k: v for k, v in value.items() if k in _KEYS or k == "text"}
        elif isinstance(value, bool):
            stored = self._named(field, "yes" if value else "no")
        elif isinstance(value, str | int):
            stored = self._named(field, str(value))
        else:
            raise AnswerError("shape")
        self.reader(field)(stored)
        return self._filled(field, stored)

    def _named(self, field: Field, text: str) -> dict[str, Any]:
        system, bar, code = text.rpartition("|")
        if bar:
            return {"system": system, "code": code}
        matching = [option for option in field.options if option.code == text]
        if len(matching) == 1:
            return {"system": matching[0].system, "code": text}
        if field.item.other:
            return {"text": text[:MAX_DISPLAY]}
        raise AnswerError("option", found=text[:80])

    def _filled(self, field: Field, stored: dict[str, Any]) -> dict[str, Any]:
        if "text" in stored:
            return {"text": stored["text"]}
        system = same_system(stored.get("system", ""))
        result = {**stored, "system": system}
        for option in field.options:
            if (option.system, option.code) == (system, stored["code"]) and not stored.get(
                "display"
            ):
                result["display"] = label_of(option, field.language, field.language)
                result["language"] = field.language
        return result

    def store(self, field: Field, typed: Any) -> Any:
        """Hold codes; a text that names one of the form's options becomes that option."""
        if isinstance(typed, Coded):
            return self._filled(field, {"system": typed.system, "code": typed.code})
        if isinstance(typed, str) and typed:
            try:
                return self._filled(field, self._named(field, typed))
            except AnswerError:
                return None
        return None

    def display(self, field: Field, value: Any, language: str) -> str:
        """Show the option's label in the language, else what was stored with the code."""
        if "text" in value:
            return str(value["text"])
        key = (same_system(value.get("system", "")), value.get("code"))
        for option in field.options:
            if (option.system, option.code) == key:
                return label_of(option, language, field.language)
        return str(value.get("display") or value.get("code"))

    def texts(self, field: Field, value: Any) -> dict[str, str]:  # noqa: ARG002
        """Give each hidden part of a search field its text."""
        if not isinstance(value, dict):
            return dict.fromkeys(self.parts, "")
        parts = {part: str(value.get(part, "")) for part in self.parts if part}
        return {**parts, "": f"{parts['system']}|{parts['code']}" if parts["code"] else ""}

    def is_empty(self, value: Any) -> bool:
        """Say so when there is neither code nor text."""
        return not isinstance(value, dict) or not (value.get("code") or value.get("text"))


def _coded(option: Option) -> Coded:
    score = Decimal(option.score) if option.score else None
    return Coded(option.system, option.code, score)


def _read_text(value: dict[str, Any], *, other: bool) -> str:
    text = value["text"]
    if not isinstance(text, str) or len(text) > MAX_DISPLAY or len(value) != 1 or not text:
        raise AnswerError("shape")
    if not other:
        raise AnswerError("option", found=text[:80])
    return text


def _check_coding(value: dict[str, Any]) -> None:
    limits = {
        "code": MAX_CODE,
        "system": 500,
        "version": 300,
        "display": MAX_DISPLAY,
        "language": 20,
    }
    for key, text in value.items():
        if key not in limits or not isinstance(text, str) or len(text) > limits[key]:
            raise AnswerError("shape")
    if not value.get("system"):
        raise AnswerError("shape")

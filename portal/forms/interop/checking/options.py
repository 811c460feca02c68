"""Whether a choice is one of those that the item offers."""

from typing import Any

from portal.forms.interop.access import EXTENSION, Json, extension, objects, shown, text, value_of
from portal.forms.interop.checking.items import Asked
from portal.forms.interop.findings import Findings
from portal.forms.interop.standard.codes import Codes

EXCLUSIVE = f"{EXTENSION}questionnaire-optionExclusive"
OPTION_TYPES = frozenset({"Coding", "Date", "Time", "Integer", "String", "Reference"})
_OPEN = frozenset({"optionsOrType", "optionsOrString"})


class OptionCheck:
    """Checks choices and codings; ``english`` tells whether displays can be compared."""

    def __init__(self, codes: Codes, findings: Findings, *, english: bool) -> None:
        self.codes = codes
        self.findings = findings
        self.english = english

    def choice(self, asked: Asked, kind: str, value: Any, count: int) -> None:
        """Check one answer of a choice; ``count`` is how many answers the item has."""
        options = objects(asked.node, "answerOption")
        if kind == "Coding":
            self._coding(asked, options, value, count)
        elif options:
            self.listed(asked, kind, value, count)
        else:
            self.findings.add(
                "information",
                "not-supported",
                asked.link_id,
                "no list of options is given for this kind of answer: not checkable",
            )

    def listed(self, asked: Asked, kind: str, value: Any, count: int) -> None:
        """Check that a value is among the ``answerOption`` of its own type."""
        options = [one for one in objects(asked.node, "answerOption") if value_of(one)[0] == kind]
        if kind == "String" and (asked.kind == "open-choice" or _is_open(asked)):
            self._free_text(asked, value)
            return
        for option in options:
            if _key(kind, value_of(option)[1]) == _key(kind, value):
                self._exclusive(asked, option, count)
                return
        if text(asked.node, "answerConstraint") != "optionsOrType":
            self.findings.error(
                "invariant", asked.link_id, f"'{_named(kind, value)}' is not among the options"
            )

    def _free_text(self, asked: Asked, value: Any) -> None:
        """Warn where free text says what an option says."""
        written = value.casefold() if isinstance(value, str) else ""
        for option in objects(asked.node, "answerOption"):
            coding = value_of(option)[1]
            if written in {text(coding, "display").casefold(), text(coding, "code").casefold()}:
                self.findings.warning(
                    "business-rule",
                    asked.link_id,
                    f"'{shown(value)}' was typed, but an option of that name exists: choose it",
                )
                return

    def _exclusive(self, asked: Asked, option: Json, count: int) -> None:
        if count > 1 and extension(option, EXCLUSIVE) is True:
            name = _named(*value_of(option))
            self.findings.error(
                "invariant", asked.link_id, f"'{name}' cannot be combined with other answers"
            )

    def _coding(self, asked: Asked, options: list[Json], value: Any, count: int) -> None:
        if not isinstance(value, dict):
            return
        display = ""
        named: tuple[str, ...] = ()
        if options:
            self.listed(asked, "Coding", value, count)
            same = [o for o in options if _key("Coding", value_of(o)[1]) == _key("Coding", value)]
            display = text(value_of(same[0])[1], "display") if same else ""
        elif text(asked.node, "answerValueSet") and text(value, "system"):
            named = self.in_set(asked.link_id, text(asked.node, "answerValueSet"), value)
        elif not text(asked.node, "answerValueSet"):
            message = "the item names no options: the choice is not checkable"
            self.findings.add("information", "not-supported", asked.link_id, message)
        self.exists(asked.link_id, value, offered=display, named=named)

    def in_set(self, link_id: str, value_set: str, value: Json) -> tuple[str, ...]:
        """Check that a coding is in a value set, or say that this is not checkable.

        Returns the names that the value set gives the code.
        """
        system, code = text(value, "system"), text(value, "code")
        found = self.codes.member(value_set, system, code)
        if found.inside is None:
            self.findings.warning(
                "not-supported",
                link_id,
                f"'{shown(value_set, 120)}' is not checkable: {found.reason}",
            )
        elif not found.inside:
            message = f"{_named('Coding', value)} is not in the value set {shown(value_set, 120)}"
            self.findings.error("code-invalid", link_id, message)
        return found.displays

    def exists(
        self, link_id: str, value: Json, *, offered: str = "", named: tuple[str, ...] = ()
    ) -> None:
        """Check a coding by itself: its code system, and its display where that is known.

        ``offered`` is the display under which the form offers the code, ``named`` are the names
        that its value set gives it.
        """
        system, code, display = text(value, "system"), text(value, "code"), text(value, "display")
        if not system:
            self.findings.warning("code-invalid", link_id, "a code without a system has no meaning")
            return
        found = self.codes.in_system(system, code)
        if found.inside is False:
            message = f"{shown(system, 120)} has no code '{shown(code)}'"
            self.findings.error("code-invalid", link_id, message)
            return
        known = (*found.displays, *named)
        if known and display and self.english and not _same(display, known):
            severity = "warning" if _same(display, (offered,)) else "error"
            message = (
                f"'{shown(display)}' is not the name of {shown(system, 120)}#{shown(code)}; "
                f"it is '{shown(known[0])}'"
            )
            self.findings.add(severity, "code-invalid", link_id, message)


def _same(display: str, known: tuple[str, ...]) -> bool:
    wanted = " ".join(display.casefold().split())
    return any(" ".join(one.casefold().split()) == wanted for one in known)


def _is_open(asked: Asked) -> bool:
    return text(asked.node, "answerConstraint") in _OPEN


def _key(kind: str, value: Any) -> Any:
    """Return what makes two choices the same."""
    if kind == "Coding":
        return text(value, "system"), text(value, "code")
    if kind == "Reference":
        return text(value, "reference")
    return str(value)


def _named(kind: str, value: Any) -> str:
    if kind == "Coding":
        return f"{shown(text(value, 'system'), 120)}#{shown(text(value, 'code'))}"
    return shown(text(value, "reference") if kind == "Reference" else value)

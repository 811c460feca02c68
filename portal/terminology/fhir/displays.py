"""Checks that a coding's display is a name of its code, in the languages asked for."""

from portal.terminology.fhir.languages import Languages, Name, valid_names
from portal.terminology.fhir.outcome import Issue

WRONG = "Display_Name_for__should_be_one_of__instead_of"
WHITESPACE = "Display_Name_WS_for__should_be_one_of__instead_of"
RETIRED = "INACTIVE_DISPLAY_FOUND"
NONE_OK = "NO_VALID_DISPLAY_FOUND_NONE_FOR_LANG_OK"
NONE_WRONG = "NO_VALID_DISPLAY_FOUND_NONE_FOR_LANG_ERR"


def check_display(
    display: str, names: list[Name], about: str, languages: Languages, *, lenient: bool, where: str
) -> Issue | None:
    """Return the issue with a display, or None. ``about`` is ``system#code`` for the text.

    ``lenient``: a wrong display is a warning. A display in the system's own language is accepted
    with a note when the code has no name in the languages asked for.
    """
    severity = "warning" if lenient else "error"
    valid = valid_names(names, languages)
    if any(_same(display, name.text) for name in valid):
        return None
    retired = next((name for name in names if name.status and _same(display, name.text)), None)
    if retired is not None:
        text = _no_longer(display, retired.status, valid or names, about)
        return Issue(severity, "invalid", "display-comment", text, RETIRED, where)
    spoken = languages.text or "--"
    if not valid:
        return _no_name(display, names, about, spoken, severity, where)
    squeezed = " ".join(display.split()).casefold()
    spaces = any(" ".join(name.text.split()).casefold() == squeezed for name in valid)
    problem = "Wrong whitespace in Display Name" if spaces else "Wrong Display Name"
    text = (
        f"{problem} '{display}' for {about}. Valid display is {_choices(valid)} "
        f"(for the language(s) '{spoken}')"
    )
    return Issue(
        severity, "invalid", "invalid-display", text, WHITESPACE if spaces else WRONG, where
    )


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


def _no_longer(display: str, status: str, names: list[Name], about: str) -> str:
    code = about.rpartition("#")[2]
    correct = _offered([name for name in names if not name.status])
    shown = ", ".join(f"'{text}'" for text in dict.fromkeys(name.text for name in correct))
    one_of = "one of " if len(correct) > 1 else ""
    return (
        f"'{display}' is no longer considered a correct display for code '{code}' "
        f"(status = {status}). The correct display is {one_of}{shown}"
    )


def _offered(names: list[Name]) -> list[Name]:
    """Return the names to propose: displays, or whatever there is when none is one."""
    return [name for name in names if name.offered] or names


def _choices(names: list[Name]) -> str:
    unique = list(dict.fromkeys((name.text, name.language) for name in _offered(names)))
    shown = [f"'{text}' ({language})" if language else f"'{text}'" for text, language in unique]
    if len(shown) == 1:
        return shown[0]
    return f"one of {len(shown)} choices: {', '.join(shown[:-1])} or {shown[-1]}"


def _no_name(
    display: str, names: list[Name], about: str, spoken: str, severity: str, where: str
) -> Issue:
    shown = next((name for name in names if name.is_display), None)
    own, language = (shown.text, shown.language) if shown else ("", "")
    default = [name for name in names if not name.status and name.language in ("", language)]
    if own and any(_same(name.text, display) for name in default):
        text = (
            f"There are no valid display names found for the code {about} for language(s) "
            f"'{spoken}'. The display is '{own}' which is the default language display"
        )
        return Issue("information", "invalid", "invalid-display", text, NONE_OK, where)
    text = (
        f"Wrong Display Name '{display}' for {about}. There are no valid display names found for "
        f"language(s) '{spoken}'. Default display is '{own}'"
    )
    return Issue(severity, "invalid", "invalid-display", text, NONE_WRONG, where)

"""Checks that a coding's display is a name of its code, in the languages asked for."""

from portal.terminology.fhir.languages import Languages, Name, valid_names
from portal.terminology.fhir.outcome import Issue

WRONG = "Display_Name_for__should_be_one_of__instead_of"
WHITESPACE = "Display_Name_WS_for__should_be_one_of__instead_of"
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


def _choices(names: list[Name]) -> str:
    unique = list(dict.fromkeys((name.text, name.language) for name in names))
    shown = [f"'{text}' ({language})" if language else f"'{text}'" for text, language in unique]
    if len(shown) == 1:
        return shown[0]
    return f"one of {len(shown)} choices: {', '.join(shown[:-1])} or {shown[-1]}"


def _no_name(
    display: str, names: list[Name], about: str, spoken: str, severity: str, where: str
) -> Issue:
    own = next((name.text for name in names if name.is_display), "")
    if own and _same(own, display):
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

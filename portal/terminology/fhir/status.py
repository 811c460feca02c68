"""Warnings about draft, experimental, deprecated and withdrawn code systems and value sets."""

from portal.terminology.fhir.nodes import System
from portal.terminology.fhir.outcome import Issue, Json
from portal.terminology.fhir.parameters import element
from portal.terminology.fhir.resource_system import STANDARDS_STATUS, extension_value

_IDENTITY = {
    "deprecated": "MSG_DEPRECATED",
    "withdrawn": "MSG_WITHDRAWN",
    "experimental": "MSG_EXPERIMENTAL",
    "draft": "MSG_DRAFT",
}


def _warning(system: System | None, source: Json) -> str:
    """Return the word that applies to a code system (or, without one, to the value set itself).

    Draft and experimental are only worth saying where the value set is not so itself.
    """
    own = extension_value(source, STANDARDS_STATUS)
    if system is None:
        return own if own in ("deprecated", "withdrawn") else ""
    if system.standards_status in ("deprecated", "withdrawn"):
        return system.standards_status
    if system.experimental and not source.get("experimental"):
        return "experimental"
    is_draft = system.status == "draft" or system.standards_status == "draft"
    if is_draft and source.get("status") != "draft" and own != "draft":
        return "draft"
    return ""


def expansion_warnings(system: System | None, canonical: str, source: Json) -> list[Json]:
    """Return the expansion parameter ``warning-…`` that applies, if any."""
    word = _warning(system, source)
    return [element(f"warning-{word}", "Uri", canonical)] if word else []


def validation_notes(system: System | None, canonical: str, source: Json) -> list[Issue]:
    """Return the same as an issue of a validation."""
    word = _warning(system, source)
    if not word:
        return []
    kind = "CodeSystem" if system is not None else "ValueSet"
    text = f"Reference to {word} {kind} {canonical}"
    return [
        Issue("information", "business-rule", "status-check", text, _IDENTITY[word], said=False)
    ]

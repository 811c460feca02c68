"""What is checked of a coding that is in the value set: activity, abstractness, status, display."""

from typing import TYPE_CHECKING

from portal.terminology.fhir import versions
from portal.terminology.fhir.displays import check_display
from portal.terminology.fhir.judgement import Judgement, note_case, note_inactive
from portal.terminology.fhir.outcome import Issue, Json
from portal.terminology.fhir.resource_system import STANDARDS_STATUS
from portal.terminology.fhir.status import validation_notes

if TYPE_CHECKING:
    from portal.terminology.fhir.validate_set import Validation

_DEPRECATED = ("http://hl7.org/fhir/StructureDefinition/valueset-deprecated", STANDARDS_STATUS)


class Closer:
    """Looks closer at codings for one validation."""

    def __init__(self, validation: "Validation") -> None:
        self._for = validation

    def look(self, judgement: Judgement) -> bool:
        """Add what is to be said; return whether the coding is refused after all."""
        node, system = judgement.node, judgement.system
        if node is None or system is None or self._for.membership_only:
            return False
        refused = self._refusal(judgement)
        if refused is not None:
            judgement.found = False
            judgement.issues.append(refused)
        note_case(judgement)
        note_inactive(judgement)
        canonical = versions.joined(system.url, system.version)
        judgement.issues += validation_notes(system, canonical, self._for.value_set)
        self.named_rightly(judgement)
        return refused is not None

    def named_rightly(self, judgement: Judgement) -> None:
        """Add the issue with the display that came with the code, if there is one."""
        node, system, subject = judgement.node, judgement.system, judgement.subject
        if node is None or system is None or not subject.display:
            return
        issue = check_display(
            subject.display,
            node.names,
            f"{system.url}#{node.code}",
            self._for.languages,
            lenient=self._for.parameters.flag("lenient-display-validation") is True,
            where=subject.at("display"),
        )
        judgement.issues += [issue] if issue else []

    def _refusal(self, judgement: Judgement) -> Issue | None:
        node, where = judgement.node, judgement.subject.at("code")
        parameters = self._for.parameters
        only_active = self._for.view.active_only or parameters.flag("activeOnly") is True
        if node is not None and node.inactive and only_active:
            text = f"The concept '{node.code}' is valid but is not active"
            return Issue(
                "error", "business-rule", "code-rule", text, "STATUS_CODE_WARNING_CODE", where
            )
        if node is not None and node.abstract and parameters.flag("abstract") is False:
            url = judgement.subject.system
            text = f"Code '{url}#{node.code}' is abstract, and not allowed in this context"
            return Issue(
                "error", "business-rule", "code-rule", text, "ABSTRACT_CODE_NOT_ALLOWED", where
            )
        return None

    def deprecated(self, judgement: Judgement, entry: Json) -> list[Issue]:
        """Return the warning about a code that the value set itself marks as deprecated."""
        for extension in entry.get("extension", []):
            value = extension.get("valueBoolean", extension.get("valueCode"))
            if extension.get("url") in _DEPRECATED and value in (True, "true", "deprecated"):
                subject = judgement.subject
                text = (
                    f"The presence of the concept '{subject.code}' in the system "
                    f"'{subject.system}' in the value set {self._for.canonical} is marked with a "
                    "status of deprecated and its use should be reviewed"
                )
                return [
                    Issue(
                        "warning", "business-rule", "code-comment", text,
                        "CONCEPT_DEPRECATED_IN_VALUESET", subject.at("code"), said=False,
                    )
                ]  # fmt: skip
        return []

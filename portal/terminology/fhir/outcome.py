"""Issues and OperationOutcomes, in the words that HL7's tools expect (tx-issue-type codes)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
ISSUE_TYPES = "http://hl7.org/fhir/tools/CodeSystem/tx-issue-type"
MESSAGE_ID = "http://hl7.org/fhir/StructureDefinition/operationoutcome-message-id"


@dataclass(frozen=True)
class Issue:
    """One issue. ``kind`` is FHIR's issue code, ``tx`` the code that says what it means here.

    ``said``: whether its text is part of the ``message`` parameter of a validation.
    """

    severity: str
    kind: str
    tx: str
    text: str
    message_id: str = ""
    where: str = ""
    said: bool = True

    def as_json(self) -> Json:
        """Return the FHIR element."""
        out: Json = {}
        if self.message_id:
            out["extension"] = [{"url": MESSAGE_ID, "valueString": self.message_id}]
        out["severity"], out["code"] = self.severity, self.kind
        details: Json = {"coding": [{"system": ISSUE_TYPES, "code": self.tx}]} if self.tx else {}
        out["details"] = {**details, "text": self.text}
        if self.where:
            out["location"], out["expression"] = [self.where], [self.where]
        return out


class FhirError(Exception):
    """An operation that cannot be carried out; becomes an OperationOutcome with ``status``."""

    def __init__(self, status: int, issue: Issue, diagnostics: str = "") -> None:
        super().__init__(issue.text)
        self.status = status
        self.issue = issue
        self.diagnostics = diagnostics

    def as_json(self) -> Json:
        """Return the OperationOutcome."""
        issue = self.issue.as_json()
        if self.diagnostics:
            issue["diagnostics"] = self.diagnostics
        return {"resourceType": "OperationOutcome", "issue": [issue]}


def outcome(issues: Iterable[Issue]) -> Json:
    """Return an OperationOutcome of several issues, errors first."""
    order = {"error": 0, "warning": 1, "information": 2}
    unique = dict.fromkeys(issues)
    ranked = sorted(unique, key=lambda issue: (order[issue.severity], issue.text, issue.where))
    return {"resourceType": "OperationOutcome", "issue": [issue.as_json() for issue in ranked]}


def message(issues: Iterable[Issue]) -> str:
    """Return the texts that are said, each once, in alphabetical order."""
    return "; ".join(sorted({issue.text for issue in issues if issue.said}))


def invalid(text: str, message_id: str = "", status: int = 400) -> FhirError:
    """Make the error for a request that cannot be read."""
    return FhirError(status, Issue("error", "invalid", "invalid-data", text, message_id))


def missing_value_set(url: str) -> FhirError:
    """Make the error for a value set that nobody defines."""
    text = f"A definition for the value Set '{url}' could not be found"
    issue = Issue("error", "not-found", "not-found", text, "Unable_to_resolve_value_Set_")
    return FhirError(422, issue)


def unknown_system(url: str, version: str, known: list[str], where: str = "") -> Issue:
    """Make the issue for a code system (or a version of it) that is not here, when validating."""
    return _unknown(url, version, known, "the code cannot be validated", where)


def unknown_for_expansion(url: str, version: str, known: list[str]) -> FhirError:
    """Make the error for a code system that an expansion would need."""
    issue = _unknown(url, version, known, "the value set cannot be expanded", "")
    return FhirError(422, Issue(**{**issue.__dict__, "message_id": f"{issue.message_id}_EXP"}))


def _unknown(url: str, version: str, known: list[str], so: str, where: str) -> Issue:
    name = f"'{url}' version '{version}'" if version else f"'{url}'"
    text = f"A definition for CodeSystem {name} could not be found, so {so}"
    identity = "UNKNOWN_CODESYSTEM"
    if version:
        identity = "UNKNOWN_CODESYSTEM_VERSION" if known else "UNKNOWN_CODESYSTEM_VERSION_NONE"
        tail = f"Valid versions: {' or '.join(known)}" if known else ""
        text += f". {tail or 'No versions of this code system are known'}"
    return Issue("error", "not-found", "not-found", text, identity, where)

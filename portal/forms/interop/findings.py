"""What is found while reading, checking or translating a file."""

from dataclasses import dataclass, field
from typing import Any

MAX_FINDINGS = 500


@dataclass(frozen=True)
class Finding:
    """One remark. ``severity``: error, warning or information; ``code`` is a FHIR issue type."""

    link_id: str
    severity: str
    code: str
    message: str

    def plain(self) -> dict[str, str]:
        """Return the remark as JSON."""
        return {
            "linkId": self.link_id,
            "severity": self.severity,
            "code": self.code,
            "message": self.message,
        }


@dataclass
class Findings:
    """Collects remarks, the first ``MAX_FINDINGS`` of them."""

    found: list[Finding] = field(default_factory=list)

    def add(self, severity: str, code: str, link_id: str, message: str) -> None:
        """Note one remark."""
        if len(self.found) < MAX_FINDINGS:
            self.found.append(Finding(link_id, severity, code, message))
        elif severity == "error" and self.valid:
            self.found[-1] = Finding(link_id, severity, code, message)

    def error(self, code: str, link_id: str, message: str) -> None:
        """Note what makes the response invalid."""
        self.add("error", code, link_id, message)

    def warning(self, code: str, link_id: str, message: str) -> None:
        """Note what somebody should look at."""
        self.add("warning", code, link_id, message)

    @property
    def valid(self) -> bool:
        """Whether nothing is an error."""
        return all(one.severity != "error" for one in self.found)

    def plain(self) -> dict[str, Any]:
        """Return the verdict as JSON."""
        return {"valid": self.valid, "issues": [one.plain() for one in self.found]}

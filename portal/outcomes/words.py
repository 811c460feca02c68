"""The words of outcomes: parts, recommendations, levels of agreement, states."""

from enum import StrEnum


class Status(StrEnum):
    """Where a version of an outcome stands."""

    DRAFT = "draft"
    IN_SIGNATURE = "in_signature"
    SEALED = "sealed"
    REPLACED = "replaced"


STATUSES: dict[str, str] = {
    Status.DRAFT: "In writing",
    Status.IN_SIGNATURE: "Waiting for signatures",
    Status.SEALED: "Sealed",
    Status.REPLACED: "Replaced by a later version",
}

RECOMMENDATIONS: dict[str, str] = {
    "diagnostic": "Further diagnostics",
    "treatment": "Treatment",
    "surgery": "Surgery",
    "follow_up": "Follow-up",
    "referral": "Referral",
}

AGREEMENTS: dict[str, str] = {
    "full": "All agree",
    "majority": "Most agree",
    "split": "Opinions are divided",
}

DECISIONS: dict[str, str] = {"signed": "Signed", "objected": "Objected"}

VARIANTS: dict[str, str] = {"clinician": "For the clinician", "patient": "For the patient"}

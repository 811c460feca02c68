"""What is held about a patient, table by table, in plain words, and what an erasure does to it.

The access report, the erasure and the list for the data protection officer all read this one list; a
test walks the foreign keys and fails for a table that leads to a patient and does not stand here.
Upper features are named by their tables only, because nothing is imported upwards.
"""

from dataclasses import dataclass, field
from typing import Any

PATIENT, PANEL, RESPONSE, OUTCOME, CONTRIBUTION = (
    "patient_id", "panel_id", "response_id", "outcome_id", "contribution_id",
)  # fmt: skip


@dataclass(frozen=True)
class Held:
    """One table. ``link`` is the column that leads to the patient, directly or by the named parent.

    On erasure the rows go, or, where something is counted or proven by them, ``blank`` says which
    columns lose their content and what stands there instead.
    """

    table: str
    link: str
    words: str
    blank: dict[str, Any] = field(default_factory=dict)

    @property
    def goes(self) -> bool:
        """Whether the rows are deleted."""
        return not self.blank


# Children before their parents: rows that others point to go last.
HELD: tuple[Held, ...] = (
    Held("form_answer_change", RESPONSE, "earlier answers of the consultation form"),
    Held("form_answer", RESPONSE, "answers of the consultation form"),
    Held("form_parked", PATIENT, "answers that are not saved yet"),
    Held("form_response", PATIENT, "consultation forms"),
    Held("document_upload", PATIENT, "files on their way in"),
    Held("document", PATIENT, "medical documents"),
    Held("sealed_document", OUTCOME, "signed outcomes as PDF"),
    Held("signature", OUTCOME, "signatures and remarks on outcomes", {"remark": ""}),
    Held(
        "outcome",
        PANEL,
        "outcomes",
        {
            "diagnosis": [], "findings": "", "recommendations": {}, "minority_view": "",
            "references": "", "patient_summary": "", "follow_up_on": None,
        },
    ),
    Held("agreement", CONTRIBUTION, "who agreed with whom"),
    Held(
        "contribution",
        PANEL,
        "advice of experts",
        {"text": "", "diagnosis": None, "recommendation": ""},
    ),
    Held("comment", PANEL, "comments of experts", {"text": ""}),
    Held("information_request", PANEL, "questions of experts and their answers", {"text": "", "answer": ""}),
    Held("panel_member", PANEL, "experts who were asked", {"message": "", "reason": ""}),
    Held("timeline_entry", PANEL, "what happened in the consultations", {"reason": ""}),
    Held("panel_word", PANEL, "words by which consultations are found"),
    Held("panel", PATIENT, "consultations", {"title": "Erased", "question": "", "urgent_reason": ""}),
    Held("consent", PATIENT, "consents and their withdrawal", {"withdrawn_reason": ""}),
    Held("patient_identity", PATIENT, "name, birth date, place of birth, local number"),
)  # fmt: skip

# Rows that name their subject as ``kind:id`` instead of by a foreign key: messages and things to do.
BY_SUBJECT: tuple[str, ...] = ("outbox_message", "task")


def of_table(name: str) -> Held | None:
    """Return the entry of a table, or nothing."""
    return next((held for held in HELD if held.table == name), None)

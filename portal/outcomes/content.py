"""What an outcome says: its fields as plain data, what is missing, and the hash that is signed."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date
from typing import Any

from portal.kernel.errors import InvalidInputError, nearest
from portal.outcomes.models import Outcome
from portal.outcomes.words import AGREEMENTS, RECOMMENDATIONS

LONGEST_TEXT = 20_000
MOST_DIAGNOSES = 12
_CODING = ("system", "version", "code", "display", "language", "text")
TEXTS = ("findings", "minority_view", "references", "patient_summary")


@dataclass(frozen=True)
class OutcomeDraft:
    """The fields of an outcome. ``diagnosis`` holds codings (system, code, display …) or ``{text}``.

    ``recommendations`` has the keys of ``words.RECOMMENDATIONS``; ``agreement`` is one of
    ``words.AGREEMENTS``.
    """

    diagnosis: tuple[Mapping[str, str], ...] = ()
    findings: str = ""
    recommendations: Mapping[str, str] = field(default_factory=dict)
    agreement: str = ""
    minority_view: str = ""
    references: str = ""
    patient_summary: str = ""
    follow_up_on: date | None = None

    def with_changes(self, changes: Mapping[str, Any]) -> "OutcomeDraft":
        """Return a copy with some fields changed; ``rec_<part>`` changes one recommendation."""
        known = {f.name for f in fields(self)} | {f"rec_{part}" for part in RECOMMENDATIONS}
        unknown = sorted(set(changes) - known)
        if unknown:
            near = nearest(unknown[0], known)
            raise InvalidInputError(
                f"An outcome has no part '{unknown[0]}'."
                + (f" Did you mean '{near}'?" if near else "")
            )
        parts = {name[4:]: text for name, text in changes.items() if name.startswith("rec_")}
        whole = {name: value for name, value in changes.items() if not name.startswith("rec_")}
        made = replace(self, **whole)
        return replace(made, recommendations={**made.recommendations, **parts}) if parts else made


def content_of(outcome: Outcome) -> OutcomeDraft:
    """Return the fields of a stored outcome."""
    return OutcomeDraft(
        diagnosis=tuple(outcome.diagnosis),
        findings=outcome.findings,
        recommendations=dict(outcome.recommendations),
        agreement=outcome.agreement,
        minority_view=outcome.minority_view,
        references=outcome.references,
        patient_summary=outcome.patient_summary,
        follow_up_on=outcome.follow_up_on,
    )


def put(outcome: Outcome, draft: OutcomeDraft) -> None:
    """Write the fields into a stored outcome."""
    outcome.diagnosis = [dict(one) for one in draft.diagnosis]
    outcome.recommendations = {k: v for k, v in draft.recommendations.items() if v.strip()}
    outcome.agreement, outcome.follow_up_on = draft.agreement, draft.follow_up_on
    for name in TEXTS:
        setattr(outcome, name, getattr(draft, name))


def checked(draft: OutcomeDraft) -> OutcomeDraft:
    """Return the draft with codings trimmed to known keys; raise what cannot be accepted, by field."""
    problems: dict[str, str] = {}
    for name in TEXTS:
        if len(getattr(draft, name)) > LONGEST_TEXT:
            problems[name] = f"Use at most {LONGEST_TEXT} letters."
    for part, text in draft.recommendations.items():
        if part not in RECOMMENDATIONS:
            problems[f"rec_{part}"] = f"Use one of: {', '.join(RECOMMENDATIONS)}."
        elif len(text) > LONGEST_TEXT:
            problems[f"rec_{part}"] = f"Use at most {LONGEST_TEXT} letters."
    if draft.agreement and draft.agreement not in AGREEMENTS:
        problems["agreement"] = "Choose one of: " + ", ".join(AGREEMENTS.values()) + "."
    diagnosis = tuple(_coding(one) for one in draft.diagnosis)
    if len(diagnosis) > MOST_DIAGNOSES:
        problems["diagnosis"] = f"Give at most {MOST_DIAGNOSES} diagnoses."
    if any(not (one.get("code") or one.get("text")) for one in diagnosis):
        problems["diagnosis"] = "Each diagnosis needs a code or a text."
    if problems:
        raise InvalidInputError("Please check these answers.", fields=problems)
    return replace(draft, diagnosis=diagnosis)


def _coding(one: Mapping[str, Any]) -> dict[str, str]:
    return {key: str(one[key])[:500] for key in _CODING if one.get(key)}


def missing(draft: OutcomeDraft) -> list[str]:
    """Return the parts without which an outcome is not put up for signatures, in words."""
    left = []
    if not draft.findings.strip():
        left.append("agreed findings")
    if not any(text.strip() for text in draft.recommendations.values()):
        left.append("at least one recommendation")
    if not draft.agreement:
        left.append("the level of agreement")
    if draft.agreement in {"majority", "split"} and not draft.minority_view.strip():
        left.append("the other view")
    return left


def hash_of(panel_number: str, outcome: Outcome) -> str:
    """Return the SHA-256 that signers sign: panel, version number and every field."""
    content = asdict(content_of(outcome))
    content["follow_up_on"] = outcome.follow_up_on.isoformat() if outcome.follow_up_on else None
    text = json.dumps(
        [panel_number, outcome.number, content],
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(text.encode()).hexdigest()

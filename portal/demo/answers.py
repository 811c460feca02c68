"""Turn a patient's story into answers of the consultation form, and save them as the clinician would."""

from typing import Any

from portal.demo.cases.model import Case
from portal.demo.stage import Stage, month_before
from portal.forms import service as forms
from portal.forms.definition.reading import SYSTEMS
from portal.forms.service import SaveAnswers

ORPHA, HPO, SCT, UCUM = (SYSTEMS[name] for name in ("ORPHA", "HPO", "SCT", "UCUM"))
_PRESENT, _ABSENT = "410605003", "410594000"


def fill(stage: Stage, case: Case, who: str) -> None:
    """Begin the form of a case and save all answers; raises when an answer is not taken."""
    actor = stage.actor(who)
    response = forms.ensure_response(actor, stage.patients[case.key])
    saved = forms.save_answers(actor, response, SaveAnswers(changes=answers(case)))
    if saved.problems:
        raise ValueError(f"{case.key}: {saved.problems}")


def answers(case: Case) -> dict[str, Any]:
    """Return the stored values of a case by ``item`` or ``item@row``; empty ones are left out."""
    given: dict[str, Any] = {
        "request_question": case.question,
        "request_kinds": list(case.kinds),
        "request_tried": case.tried,
        "request_own_opinion": case.opinion,
        "request_patient_goals": case.goals,
        "dx_status": case.dx_status,
        "dx": _coded(ORPHA, case.dx) if case.dx_status != "undiagnosed" else None,
        "case_summary": case.summary,
        "onset_mode": case.onset,
        "first_signs": [_coded(HPO, sign) for sign in case.signs[:2] if not sign.startswith("-")],
        "current_state": case.current,
        "genetic_tested": case.genetic_tested,
        "genetics_note": case.genetics,
        "imaging_done": "yes" if case.imaging else "",
        "imaging_summary": case.imaging,
        "pathology_done": "yes" if case.pathology else "",
        "microscopy": case.pathology,
        "family_note": case.family_text,
        **_timeline(case),
        **_signs(case),
        **_labs(case),
    }
    return {name: value for name, value in given.items() if value not in ("", None, [])}


def _coded(system: str, text: str) -> dict[str, str]:
    code, _, display = text.lstrip("-").partition(" ")
    return {"system": system, "code": code, "display": display, "language": "en"}


def _timeline(case: Case) -> dict[str, Any]:
    found: dict[str, Any] = {"timeline": [f"t{n}" for n in range(len(case.timeline))]}
    for number, event in enumerate(case.timeline):
        row = f"@t{number}"
        found["timeline.date" + row] = month_before(event.months_ago)
        found["timeline.kind" + row] = event.kind
        found["timeline.text" + row] = event.text
    return found


def _signs(case: Case) -> dict[str, Any]:
    found: dict[str, Any] = {"phenotypes": [f"p{n}" for n in range(len(case.signs))]}
    for number, sign in enumerate(case.signs):
        presence = _ABSENT if sign.startswith("-") else _PRESENT
        found[f"phenotypes.term@p{number}"] = _coded(HPO, sign)
        found[f"phenotypes.presence@p{number}"] = {"system": SCT, "code": presence}
    return found


def _labs(case: Case) -> dict[str, Any]:
    found: dict[str, Any] = {"labs": [f"l{n}" for n in range(len(case.labs))]}
    for number, lab in enumerate(case.labs):
        row = f"@l{number}"
        found["labs.test" + row] = {"text": lab.test}
        found["labs.date" + row] = month_before(lab.months_ago)
        found["labs.value" + row] = lab.value
        found["labs.unit" + row] = {"system": UCUM, "code": lab.unit, "display": lab.unit}
    return found

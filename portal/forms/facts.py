"""What the portal knows about the patient, as facts that a form's expressions may use."""

from typing import Any

from portal.forms.definition.reading import SYSTEMS
from portal.forms.evaluate import Context
from portal.kernel import clock
from portal.patients.models import Patient

_SNOMED = "http://snomed.info/sct"
_SEXES = {
    "female": {"system": _SNOMED, "code": "248152002"},
    "male": {"system": _SNOMED, "code": "248153007"},
    "other": {"system": "", "code": "undetermined"},
}


def context_of(patient: Patient, consents: dict[str, bool] | None = None) -> Context:
    """Return the facts around a patient's form.

    Only what everybody on a panel may know: the year of birth, never the date. ``consents`` (by
    purpose) are needed where a form is begun, not where answers are saved.
    """
    values: dict[str, Any] = {
        "patient.nickname": patient.nickname,
        "patient.birth_date": str(patient.birth_year),
        "patient.country": {"system": SYSTEMS["ISO3166"], "code": patient.country},
    }
    if patient.sex in _SEXES:
        values["patient.sex"] = _SEXES[patient.sex]
    for purpose, given in (consents or {}).items():
        values[f"patient.consent_{_PURPOSES.get(purpose, purpose)}"] = given
    return Context(today=clock.today(), values=values)


_PURPOSES = {"care": "care", "registries": "registry", "research": "contact"}

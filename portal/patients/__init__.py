"""Patients: enrolment, the identity vault, consent, and the pages around them.

A patient is known to everybody but the enrolling clinician and the assistant by a nickname, sex, year
of birth and country. Who the patient is lies apart, encrypted, and each reading is on record.
"""

from typing import Any

from flask import Flask

from portal.patients import hooks, relations, rules
from portal.patients.views import CentrePatientsView, PatientView

__all__ = ["hooks", "register", "setup"]


def register() -> None:
    """Make the relations between people and patients known to the policy."""
    relations.register()


def setup(app: Flask, appbuilder: Any) -> None:
    """Register the pages and take over the operator's choice on data protection agreements."""
    rules.configure(dpo_required=bool(app.extensions["portal.settings"].dpo_required))
    appbuilder.add_view_no_menu(CentrePatientsView)
    appbuilder.add_view_no_menu(PatientView)

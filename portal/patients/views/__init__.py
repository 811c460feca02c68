"""The pages: a centre's patients, and one patient."""

from portal.patients.views.centre import CentrePatientsView
from portal.patients.views.patient import PatientView

__all__ = ["CentrePatientsView", "PatientView"]

"""Questionnaires from elsewhere as definitions of ours."""

from portal.forms.interop.importing.document import from_fhir
from portal.forms.interop.importing.report import Report

__all__ = ["Report", "from_fhir"]

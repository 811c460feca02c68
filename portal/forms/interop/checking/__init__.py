"""Judges a QuestionnaireResponse against its Questionnaire, as FHIR R4 means it."""

from portal.forms.interop.checking.check import check_response

__all__ = ["check_response"]

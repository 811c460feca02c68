"""Definitions as FHIR R4 Questionnaires with the extensions of SDC."""

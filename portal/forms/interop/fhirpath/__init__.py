"""FHIRPath: parsed, evaluated over questionnaire responses, translated from and to our language."""

from portal.forms.interop.fhirpath import functions as _functions
from portal.forms.interop.fhirpath.evaluate import World, evaluate, holds
from portal.forms.interop.fhirpath.parser import PathError, parse

__all__ = ["PathError", "World", "evaluate", "holds", "parse"]

FUNCTIONS = (*_functions.LAZY, *_functions.PLAIN)
"""The names of the functions that can be evaluated here."""

"""Forms in and out: FHIR R4 (Questionnaire, QuestionnaireResponse), REDCap, XLSForm, CSV.

``export.questionnaire`` and ``importing.from_fhir`` translate definitions, ``responses`` translates
answers, ``checking.check_response`` judges any response against any Questionnaire. Nothing here
needs Flask or a database. ``docs/forms-interop.md`` says what is carried and what is not.
"""

from portal.forms.interop.export import questionnaire
from portal.forms.interop.importing.document import from_fhir
from portal.forms.interop.responses import answers_from, response

__all__ = ["answers_from", "from_fhir", "questionnaire", "response"]

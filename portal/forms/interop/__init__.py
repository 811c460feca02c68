"""Forms in and out: FHIR R4 (Questionnaire, QuestionnaireResponse), REDCap, XLSForm, CSV.

``export.questionnaire`` and ``importing.from_fhir`` translate definitions, ``responses`` translates
answers, ``checking.check_response`` judges any response against any Questionnaire. Nothing here
needs Flask or a database. ``docs/forms-interop.md`` says what is carried and what is not.
"""

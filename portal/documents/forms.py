"""Fields of the documents' pages."""

from wtforms import MultipleFileField, SelectField, StringField, TextAreaField
from wtforms.validators import Length

from portal.documents.categories import CATEGORIES
from portal.documents.service import LONGEST_NOTE, LONGEST_REASON
from portal.patients.fields import DayMonthYearField
from portal.patients.forms import PortalForm, options


class UploadForm(PortalForm):
    """Files and what they are about."""

    file = MultipleFileField("Files")
    category = SelectField(
        "What they are",
        default="",
        choices=options([("", "Choose by the kind of file"), *CATEGORIES.items()]),
    )
    document_date = DayMonthYearField("Date of the document", description="The day it was made.")
    note = StringField("Note", validators=[Length(max=LONGEST_NOTE)])


class DescribeForm(PortalForm):
    """What is said about one document."""

    category = SelectField("What it is", choices=options(CATEGORIES.items()))
    document_date = DayMonthYearField("Date of the document", description="The day it was made.")
    note = TextAreaField("Note", validators=[Length(max=LONGEST_NOTE)])


class ReasonForm(PortalForm):
    """Why."""

    reason = TextAreaField("Reason", validators=[Length(max=LONGEST_REASON)])

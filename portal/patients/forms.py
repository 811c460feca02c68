"""The forms of this feature."""

from collections.abc import Iterable
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from portal.kernel.errors import InvalidInputError
from portal.kernel.ids import new_id
from portal.patients import terms
from portal.patients.fields import DayMonthYearField

YES, NO, NOT_ASKED = "yes", "no", "not-asked"


def options(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    """Return (value, label) pairs as options of a field."""
    return [SelectChoice(value, label) for value, label in pairs]


_ANSWERS = options([(YES, "Yes, signed"), (NO, "No, refused"), (NOT_ASKED, "Not asked yet")])
_SIGNERS = options(terms.SIGNERS.items())
_LANGUAGES = options(terms.LANGUAGES.items())


def _need(text: str) -> list[Any]:
    return [InputRequired(text)]


class PortalForm(FlaskForm):  # type: ignore[misc]
    """A form onto which the domain's errors can be laid."""

    def lay(self, error: InvalidInputError) -> None:
        """Put the error's texts at the fields; what has no field goes on top."""
        placed = False
        for name, text in error.fields.items():
            if name in self:
                self[name].errors = [*self[name].errors, text]
                placed = True
        if not placed:
            self.form_errors.append(" ".join(t for t in (error.message, error.hint) if t))


class EnrolForm(PortalForm):
    """Enrol Patient."""

    key = HiddenField(default=new_id)
    network = SelectField("Network", choices=[], validators=_need("Choose a network."))
    acting_for = SelectField("Clinician for whom you enrol", choices=[], validators=[Optional()])
    given_name = StringField(
        "Given name", validators=[*_need("Enter the given name."), Length(max=120)]
    )
    family_name = StringField(
        "Family name", validators=[*_need("Enter the family name."), Length(max=120)]
    )
    birth_date = DayMonthYearField(
        "Date of birth",
        missing="Enter the date of birth.",
        description="For example 27 3 1984. Others see only the year.",
    )
    birth_place = StringField("Place of birth", validators=[Optional(), Length(max=120)])
    local_number = StringField(
        "Local record number",
        validators=[Optional(), Length(max=60)],
        description="The number in your hospital's own records, so that you find the patient again.",
    )
    sex = RadioField(
        "Sex", choices=options(terms.SEXES.items()), validators=_need("Choose the patient's sex.")
    )
    country = SelectField(
        "Country where the patient lives",
        choices=options(terms.COUNTRIES.items()),
        validators=_need("Choose a country."),
    )
    nickname = StringField(
        "Nickname",
        validators=[Optional(), Length(max=60)],
        description="Everybody else sees this instead of the name. Leave it as it is, or write another.",
    )
    care = RadioField(
        terms.PURPOSE_LABELS["care"],
        choices=_ANSWERS,
        validators=_need("Say whether the patient consents to advice on care."),
        description=terms.PURPOSE_HINTS["care"],
    )
    registries = RadioField(
        terms.PURPOSE_LABELS["registries"],
        choices=_ANSWERS,
        default=NOT_ASKED,
        description=terms.PURPOSE_HINTS["registries"],
    )
    research = RadioField(
        terms.PURPOSE_LABELS["research"],
        choices=_ANSWERS,
        default=NOT_ASKED,
        description=terms.PURPOSE_HINTS["research"],
    )
    signer = RadioField("Who signed", choices=_SIGNERS, validators=_need("Choose who signed."))
    signed_on = DayMonthYearField(
        "Date of the signature", missing="Enter the date of the signature."
    )
    language = SelectField("Language of the signed forms", choices=_LANGUAGES)
    known_duplicate = BooleanField("This is another patient: enrol anyway")


class ConsentForm(PortalForm):
    """Record a decision on one purpose."""

    given = RadioField(
        "Decision", choices=_ANSWERS[:2], validators=_need("Choose what was decided.")
    )
    signer = RadioField("Who signed", choices=_SIGNERS, validators=_need("Choose who signed."))
    signed_on = DayMonthYearField(
        "Date of the signature", missing="Enter the date of the signature."
    )
    language = SelectField("Language of the signed form", choices=_LANGUAGES)


class WithdrawForm(PortalForm):
    """Withdraw consent for one purpose."""

    on = DayMonthYearField(
        "Date of the withdrawal", missing="Enter the day on which the consent was withdrawn."
    )
    reason = TextAreaField(
        "Reason",
        validators=[Optional(), Length(max=500, message="Use at most 500 letters.")],
        description="The patient need not give one. Do not write a name here.",
    )


class NicknameForm(PortalForm):
    """Change the nickname."""

    nickname = StringField("Nickname", validators=[*_need("Enter a nickname."), Length(max=60)])


class IdentityForm(PortalForm):
    """Correct the identity."""

    given_name = StringField(
        "Given name", validators=[*_need("Enter the given name."), Length(max=120)]
    )
    family_name = StringField(
        "Family name", validators=[*_need("Enter the family name."), Length(max=120)]
    )
    birth_date = DayMonthYearField("Date of birth", missing="Enter the date of birth.")
    birth_place = StringField("Place of birth", validators=[Optional(), Length(max=120)])
    local_number = StringField("Local record number", validators=[Optional(), Length(max=60)])


class HandOverForm(PortalForm):
    """Give the record to a colleague."""

    person_id = SelectField("Clinician", choices=[], validators=_need("Choose a clinician."))


class FindForm(PortalForm):
    """Find a patient by local number or whole name. Sent by POST: never part of an address."""

    text = StringField(
        "Local record number, or given and family name",
        validators=[*_need("Enter a number or a name."), Length(max=160)],
    )

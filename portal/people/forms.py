"""The forms of this feature."""

from typing import Any
from zoneinfo import available_timezones

from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from portal.access.actor import ASSISTANT, CLINICIAN, COORDINATOR, DISPATCHER, GUEST, RESEARCHER
from portal.networks.countries import language_choices
from portal.networks.forms import LaidForm, options

AS_GUEST = "guest"
_NEEDED = "A reason is needed: the person reads it."

PROFILE_HINTS = [
    (CLINICIAN, "Clinician: you treat patients, enrol them, ask and answer"),
    (ASSISTANT, "Assistant: you act in the name of a clinician of your centre"),
    (DISPATCHER, "Dispatcher: you forward requests to the right experts"),
    (COORDINATOR, "Coordinator: you run the network and decide about access"),
    (RESEARCHER, "Researcher: you read anonymised data"),
    (GUEST, "Guest: your hospital is in no network, or you were asked for one case"),
]


def _need(text: str) -> list[Any]:
    return [InputRequired(text)]


class TickField(SelectMultipleField):  # type: ignore[misc]
    """Several choices as a list of boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class PlaceForm(LaidForm):
    """The first step of a request: which network, and where the hospital is."""

    network = SelectField("Network", choices=[], validators=_need("Choose a network."))
    country = SelectField("Country of your hospital", choices=[], validators=[Optional()])


class WishForm(LaidForm):
    """The second step of a request: centre, profile, comment."""

    centre_id = RadioField("Your centre", choices=[], validators=_need("Choose your centre."))
    profile = RadioField(
        "What you will do", choices=options(PROFILE_HINTS), validators=_need("Choose a profile.")
    )
    comment = TextAreaField(
        "Comment",
        validators=[Optional(), Length(max=2000)],
        description="What helps the coordinator to know you: your department, who can vouch for you, for whom you act as an assistant. No patient data.",
    )


class DecisionForm(LaidForm):
    """What the coordinator decides about a request."""

    acts_for_id = SelectField("Acts for", choices=[], validators=[Optional()])
    reason = TextAreaField(
        "Reason, or question to the person",
        validators=[Optional(), Length(max=500)],
        description="Needed to return or reject. The person reads it.",
    )
    decision = StringField(validators=[InputRequired("Choose what to do.")])


class ProfileForm(LaidForm):
    """The own profile."""

    academic_title = StringField(
        "Title", validators=[Optional(), Length(max=40)], description="For example Prof. Dr."
    )
    job_title = StringField("Job title", validators=[*_need("Say what you do."), Length(max=120)])
    spoken_languages = SelectMultipleField(
        "Languages you can discuss a case in",
        choices=options(language_choices()),
        validators=[Optional()],
    )
    time_zone = SelectField(
        "Time zone",
        choices=sorted(
            z for z in available_timezones() if z.startswith(("Europe/", "Atlantic/", "Asia/"))
        ),
    )
    digest_hour = SelectField(
        "Hour of the daily summary",
        coerce=int,
        choices=options((hour, f"{hour:02}:00") for hour in range(24)),
        description="Mails that need no act of yours come together once a day.",
    )
    away_from = DateField("Away from", validators=[Optional()])
    away_until = DateField("Away until", validators=[Optional()])
    deputy_id = SelectField(
        "Who stands in",
        choices=[],
        validators=[Optional()],
        description="Shown to those who would ask you. Your deputy sees only the cases to which they are asked themselves.",
    )


class WelcomeForm(LaidForm):
    """What is asked at the first login, before anything else."""

    job_title = StringField(
        "Job title",
        validators=[*_need("Say what you do."), Length(max=120)],
        description="For example paediatric neurologist, or trial nurse.",
    )


class InvitationForm(LaidForm):
    """Whom to invite, as what."""

    email = StringField(
        "E-mail address",
        validators=[*_need("Enter an e-mail address."), Length(max=254)],
        description="The address of their EU Login: the link opens only for who has it.",
    )
    profile = SelectField("Profile", choices=options(PROFILE_HINTS), default=CLINICIAN)
    centre_id = SelectField("Centre", choices=[], validators=[Optional()])
    acts_for_id = SelectField(
        "Acts for", choices=[], validators=[Optional()], description="Only for assistants."
    )
    may_enrol = BooleanField(
        "May enrol patients", description="Only for guests whose hospital is in no network."
    )
    message = TextAreaField(
        "Message",
        validators=[Optional(), Length(max=500)],
        description="Shown when the link is opened, not in the mail. No patient data.",
    )
    days = IntegerField("Days until the link runs out", default=14, validators=[NumberRange(1, 60)])
    mail = BooleanField("Mail the link to this address", default=True)


class ReasonForm(LaidForm):
    """A reason for an act that cannot be taken back lightly."""

    reason = StringField("Reason", validators=[*_need(_NEEDED), Length(max=300)])


class GroupForm(LaidForm):
    """An expert group."""

    name = StringField("Name", validators=[*_need("Give the group a name."), Length(max=200)])
    area_id = SelectField("Thematic area", choices=[], validators=[Optional()])
    chair_id = SelectField("Chair", choices=[], validators=[Optional()])
    schedule = StringField(
        "When it meets",
        validators=[Optional(), Length(max=200)],
        description="For example: first Tuesday of the month, 16:00 CET.",
    )

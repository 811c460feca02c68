"""The forms of this feature."""

from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.kernel.ids import new_id
from portal.panels.service.asking import LONGEST_QUESTION, LONGEST_REASON, LONGEST_TITLE
from portal.patients.forms import PortalForm, options

COORDINATOR, NAMED = "coordinator", "named"


def _need(text: str) -> list[Any]:
    return [InputRequired(text)]


class QuestionForm(PortalForm):
    """The words of a question."""

    question = TextAreaField(
        "Your question",
        validators=[
            *_need("Write the question in one or two sentences."),
            Length(max=LONGEST_QUESTION),
        ],
        description="One or two sentences. For example: Is this Becker or limb-girdle dystrophy, and should steroids start before the gene result?",
    )
    area_id = SelectField(
        "Thematic area",
        choices=[],
        validators=_need("Choose the thematic area."),
        description="It decides who is asked.",
    )
    title = StringField(
        "Short title",
        validators=[Optional(), Length(max=LONGEST_TITLE)],
        description="What lists show, without a name. For example: Boy, 7: weakness of the legs, high CK. Left empty, it is made from the question.",
    )
    wanted_by = DateField(
        "Answer wanted by", validators=[Optional()], description="The lead plans by this date."
    )


class OutsiderForm(PortalForm):
    """Invite somebody without access to one panel, or to the patient's running panels."""

    email = StringField(
        "E-mail address",
        validators=[*_need("Enter an e-mail address."), Length(max=254)],
        description="The address of their EU Login: the link opens only for who has it.",
    )
    reach = RadioField("What the guest reads", choices=[], default="panel")
    message = TextAreaField(
        "Message",
        validators=[Optional(), Length(max=500)],
        description="Shown when the link is opened, not in the mail. No patient data.",
    )
    days = IntegerField("Days until the link runs out", default=14, validators=[NumberRange(1, 60)])


class AskForm(QuestionForm):
    """Ask a question."""

    key = HiddenField(default=new_id)
    urgent = BooleanField("This is urgent: whoever is asked hears it at once")
    urgent_reason = StringField(
        "Why it cannot wait", validators=[Optional(), Length(max=LONGEST_REASON)]
    )
    guide = RadioField(
        "Who finds the experts",
        choices=options(
            [
                (COORDINATOR, "The coordinator of the network names a lead"),
                (NAMED, "I name the lead myself"),
            ]
        ),
        default=COORDINATOR,
    )
    lead_id = SelectField("Lead", choices=options([("", "")]), validators=[Optional()])


class ForwardForm(PortalForm):
    """Name the lead."""

    lead_id = SelectField("Lead", choices=[], validators=_need("Choose who leads the panel."))
    message = TextAreaField("Message to the lead", validators=[Optional(), Length(max=500)])


class UrgentForm(PortalForm):
    """Mark urgent."""

    reason = StringField(
        "Why it cannot wait",
        validators=[*_need("Say in a sentence why it cannot wait."), Length(max=LONGEST_REASON)],
    )


class DeadlineForm(PortalForm):
    """Another date for the present phase."""

    due_on = DateField("New date", validators=_need("Choose a date."))
    reason = StringField("Reason", validators=[Optional(), Length(max=LONGEST_REASON)])


class CommentForm(PortalForm):
    """A remark."""

    key = HiddenField(default=new_id)
    text = TextAreaField(
        "Your comment", validators=[*_need("Write something first."), Length(max=5000)]
    )
    mention_ids = SelectField(
        "Tell somebody at once",
        choices=options([("", "Nobody in particular")]),
        validators=[Optional()],
    )

"""Settings that a centre decides for itself."""

from flask import g, make_response, redirect, request
from flask.typing import ResponseReturnValue
from wtforms import DateField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from portal.access.permissions import Permission
from portal.access.roles import Gate
from portal.kernel.errors import InvalidInputError
from portal.networks import queries, service
from portal.networks.forms import LaidForm, options
from portal.networks.service.centres import VISIBILITIES, CentreSettings
from portal.web.views import PortalView, page, said


class CentreForm(LaidForm):
    """What the centre decides."""

    visibility = RadioField(
        "Who sees the centre's patients",
        choices=options(VISIBILITIES.items()),
        validators=[InputRequired("Choose one.")],
        description="Pseudonymised: nickname, sex, year of birth, country. Names stay with the enrolling clinician and the assistant.",
    )
    dpo_agreed_on = DateField(
        "Agreement of the data protection officer",
        validators=[Optional()],
        description="The day on which the hospital's officer agreed to use the portal. Without it the centre sees a warning.",
    )
    dpo_name = StringField(
        "Name of the data protection officer", validators=[Optional(), Length(max=200)]
    )
    consent_text = TextAreaField(
        "Own text in consent forms",
        validators=[Optional(), Length(max=20_000)],
        description="Printed on the centre's consent forms in place of the network's text. Empty: the network's text, else the built-in one.",
    )


class CentreSettingsView(PortalView):
    """The settings page of a centre."""

    route_base = "/centre"

    @page("/<code>/settings", gate=Gate.SIGNED_IN, methods=("GET", "POST"))
    def index(self, code: str) -> ResponseReturnValue:
        """Show and change visibility, agreement and consent text."""
        centre = queries.centre(self.actor, code, Permission.CENTRE_CONFIGURE)
        g.centre_code = code
        form = CentreForm(obj=centre)
        if form.validate_on_submit():
            wanted = CentreSettings(
                form.visibility.data,
                form.dpo_agreed_on.data,
                (form.dpo_name.data or "").strip(),
                (form.consent_text.data or "").strip(),
            )
            try:
                service.set_centre_settings(self.actor, centre.id, wanted)
            except InvalidInputError as error:
                form.lay(error)
            else:
                said("The settings are saved.")
                return redirect(request.path, 303)
        answer = self.render("networks/centre_settings.html", centre=centre, form=form)
        return make_response(answer, 422 if request.method == "POST" else 200)

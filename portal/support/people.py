"""People in the console: find, look at, suspend, sign out, grant and end memberships."""

from typing import Any

from flask import flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import ColumnElement, and_, select
from wtforms import SelectField
from wtforms.validators import InputRequired, Optional

from portal.access import guard
from portal.access.actor import PLATFORM_PROFILES, PROFILES
from portal.access.permissions import Permission
from portal.kernel import db
from portal.kernel.errors import InvalidInputError
from portal.networks import service as networks
from portal.networks.forms import LaidForm, options
from portal.networks.models import Centre, CentreNetwork, Membership, Network
from portal.networks.service import NewMembership
from portal.people import require_recent_login, service
from portal.people.forms import ReasonForm
from portal.people.models import Person
from portal.people.names import plain
from portal.support import queries
from portal.support.console import ConsoleList, asked, page


def name_matches(text: str) -> ColumnElement[bool]:
    """Return the criterion for people whose names or address hold every word of ``text``."""
    words = plain(text).split()
    return and_(True, *(Person.search_text.contains(w, autoescape=True) for w in words))  # noqa: FBT003


class GrantForm(LaidForm):
    """A profile for a person. Centres are those of the networks; the service checks the pair."""

    profile = SelectField("Profile", validators=[InputRequired("Choose a profile.")])
    network_id = SelectField("Network", validators=[Optional()])
    centre_id = SelectField("Centre", validators=[Optional()])
    acts_for_id = SelectField(
        "Acts for", validators=[Optional()], description="Only for assistants: the clinician."
    )


class People(ConsoleList):
    """Everybody who has ever logged in or was registered."""

    column_list = (
        "family_name",
        "given_name",
        "email",
        "job_title",
        "last_seen_at",
        "suspended_at",
    )
    column_labels = {
        "family_name": "Family name",
        "given_name": "Given name",
        "email": "E-mail",
        "job_title": "Job title",
        "last_seen_at": "Last signed in",
        "suspended_at": "Suspended",
    }
    column_sortable_list = ("family_name", "last_seen_at", "suspended_at")
    column_default_sort = "search_text"
    search_hint = "Name or e-mail"
    column_display_actions = False

    def _link(self, context: Any, row: Person, column: str) -> Markup:
        del context, column
        address = self._record_url(row.id)
        return Markup('<a href="{}">{}</a>').format(address, row.family_name)

    column_formatters = {"family_name": _link}

    def matches(self, text: str) -> ColumnElement[bool]:
        """Search names and address, without accents and capitals."""
        return name_matches(text)

    @page("/<person_id>")
    def record(self, person_id: str) -> ResponseReturnValue:
        """Show a person in full, with what can be done."""
        found = queries.person(self.actor, person_id)
        return self.render("support/person.html", person=found)  # type: ignore[no-any-return]

    @page("/<person_id>/suspend", "GET", "POST")
    def suspend(self, person_id: str) -> ResponseReturnValue:
        """Ask for the reason, then suspend: all sessions end at once."""
        form = ReasonForm()
        if form.validate_on_submit():
            try:
                service.suspend(self.actor, person_id, form.reason.data)
            except InvalidInputError as error:
                form.lay(error)
            else:
                flash("The account is suspended; all its sessions have ended.", "success")
                return self._back(person_id)
        found = queries.name_of(self.actor, person_id)
        answer = self.render("support/suspend.html", person=found, form=form)
        return make_response(answer, 422 if request.method == "POST" else 200)

    @page("/<person_id>/unsuspend", "POST")
    def unsuspend(self, person_id: str) -> ResponseReturnValue:
        """Let the person log in again."""
        service.unsuspend(self.actor, person_id)
        flash("The person can log in again.", "success")
        return self._back(person_id)

    @page("/<person_id>/sign-out", "POST")
    def sign_out(self, person_id: str) -> ResponseReturnValue:
        """End all sessions of the person."""
        question = asked("End all sessions of this person?", self._record_url(person_id))
        if question is not None:
            return question
        service.end_session(self.actor, person_id)
        flash("All sessions of the person have ended.", "success")
        return self._back(person_id)

    @page("/<person_id>/grant", "GET", "POST")
    def grant(self, person_id: str) -> ResponseReturnValue:
        """Give the person a profile; the giver has proved a moment ago who they are."""
        require_recent_login()
        form = self._grant_form()
        if form.validate_on_submit():
            wanted = NewMembership(
                person_id=person_id,
                profile=form.profile.data,
                network_id=form.network_id.data or None,
                centre_id=form.centre_id.data or None,
                acts_for_id=form.acts_for_id.data or None,
            )
            try:
                networks.grant(self.actor, wanted)
            except InvalidInputError as error:
                form.lay(error)
            else:
                flash("The profile was granted.", "success")
                return self._back(person_id)
        found = queries.name_of(self.actor, person_id)
        answer = self.render("support/grant.html", person=found, form=form)
        return make_response(answer, 422 if request.method == "POST" else 200)

    @page("/<person_id>/memberships/<membership_id>/finish", "GET", "POST")
    def finish(self, person_id: str, membership_id: str) -> ResponseReturnValue:
        """Ask for the reason, then end a membership."""
        form = ReasonForm()
        if form.validate_on_submit():
            networks.end(self.actor, membership_id, form.reason.data)
            flash("The membership has ended.", "success")
            return self._back(person_id)
        found = queries.person(self.actor, person_id)
        answer = self.render(
            "support/finish.html", person=found, form=form, membership_id=membership_id
        )
        return make_response(answer, 422 if request.method == "POST" else 200)

    @page("/<person_id>/memberships/<membership_id>/extend", "POST")
    def extend(self, person_id: str, membership_id: str) -> ResponseReturnValue:
        """Let a guest's membership end 90 days from today."""
        ends = networks.extend(self.actor, membership_id)
        flash(f"The guest has access until {ends.day} {ends:%B %Y}.", "success")
        return self._back(person_id)

    def _grant_form(self) -> GrantForm:
        form = GrantForm()
        operates = guard.allows(self.actor, Permission.PLATFORM_OPERATE, guard.PLATFORM)
        form.profile.choices = options(
            (value, label)
            for value, label in PROFILES.items()
            if operates or value not in PLATFORM_PROFILES
        )
        rows = db.session.execute(
            select(Network.id, Network.short_name).order_by(Network.short_name)
        )
        form.network_id.choices = options([("", "No network"), *((i, n) for i, n in rows)])
        form.centre_id.choices = options([("", "No centre"), *_centre_choices()])
        form.acts_for_id.choices = options([("", ""), *_clinician_choices()])
        return form

    def _record_url(self, person_id: str) -> str:
        return url_for("support_people.record", person_id=person_id)

    def _back(self, person_id: str) -> ResponseReturnValue:
        return redirect(self._record_url(person_id), 303)


def _centre_choices() -> list[tuple[str, str]]:
    rows = db.session.scalars(
        select(Centre)
        .where(Centre.active.is_(True), Centre.id.in_(select(CentreNetwork.centre_id)))
        .order_by(Centre.country, Centre.name)
    )
    return [(c.id, f"{c.country}: {c.name}, {c.city}") for c in rows]


def _clinician_choices() -> list[tuple[str, Any]]:
    rows = db.session.scalars(
        select(Person)
        .where(Person.id.in_(select(Membership.person_id).where(Membership.profile == "clinician")))
        .order_by(Person.search_text)
        .limit(1000)
    )
    return [(p.id, p.name) for p in rows]

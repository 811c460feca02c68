"""My profile, my sessions, and what is asked at the first login."""

from flask import make_response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from portal.access.roles import Gate
from portal.kernel.errors import InvalidInputError
from portal.networks import queries as networks
from portal.networks.forms import options
from portal.people import service
from portal.people.forms import ProfileForm, WelcomeForm
from portal.people.queries import own as queries
from portal.web.pages import is_local
from portal.web.views import PortalView, page, said


def _digest() -> str:
    return str(session.digest)  # type: ignore[attr-defined]  # ours, see sessions.py


class OwnView(PortalView):
    """What belongs to the person who is logged in."""

    route_base = "/people"
    default_view = "me"

    @page("/me", gate=Gate.SIGNED_IN, methods=("GET", "POST"))
    def me(self) -> ResponseReturnValue:
        """Show and change the own profile."""
        profile = queries.profile(self.actor)
        form = ProfileForm(obj=profile)
        form.deputy_id.choices = options([("", ""), *queries.possible_deputies(self.actor)])
        if form.validate_on_submit():
            try:
                service.set_profile(self.actor, _profile(form))
            except InvalidInputError as error:
                form.lay(error)
            else:
                said("Your profile is saved.")
                return redirect(url_for("OwnView.me"), 303)
        answer = self.render("people/me.html", profile=profile, form=form)
        return make_response(answer, 422 if request.method == "POST" else 200)

    @page("/me/sessions", gate=Gate.SIGNED_IN)
    def sessions(self) -> ResponseReturnValue:
        """List where I am signed in."""
        rows = queries.sessions(self.actor, _digest())
        return self.render("people/sessions.html", rows=rows)

    @page("/me/sessions/end", gate=Gate.SIGNED_IN, methods=("POST",))
    def end_session(self) -> ResponseReturnValue:
        """Sign out one of my other sessions."""
        service.end_own_session(self.actor, request.form.get("key", ""))
        said("That session has ended.")
        return redirect(url_for("OwnView.sessions"), 303)

    @page("/me/sessions/end-others", gate=Gate.SIGNED_IN, methods=("POST",))
    def end_others(self) -> ResponseReturnValue:
        """Sign out everywhere but here."""
        service.sign_out_everywhere(self.actor, except_digest=_digest())
        said("All other sessions have ended.")
        return redirect(url_for("OwnView.sessions"), 303)

    @page("/welcome", gate=Gate.MEMBER, methods=("GET", "POST"))
    def welcome(self) -> ResponseReturnValue:
        """Ask for job title and thematic areas; until then nothing else is shown."""
        target = request.args.get("next", "/")
        target = target if is_local(target) else "/"
        if self.actor.onboarded and request.method == "GET":
            return redirect(target)
        form = WelcomeForm()
        if request.method == "GET":
            form.job_title.data = queries.profile(self.actor).job_title
        areas = networks.areas_to_tick(self.actor)
        ticked = set(request.form.getlist("areas"))
        if form.validate_on_submit():
            try:
                service.complete_profile(self.actor, form.job_title.data, ticked)
            except InvalidInputError as error:
                form.lay(error)
            else:
                said("Welcome. You can change this later in your profile and in ERN Preferences.")
                return redirect(target, 303)
        answer = self.render(
            "people/welcome.html", form=form, networks=areas, ticked=ticked, target=target
        )
        return make_response(answer, 422 if request.method == "POST" else 200)


def _profile(form: ProfileForm) -> service.Profile:
    return service.Profile(
        academic_title=form.academic_title.data or "",
        job_title=form.job_title.data,
        spoken_languages=tuple(form.spoken_languages.data or ()),
        digest_hour=form.digest_hour.data,
        time_zone=form.time_zone.data,
        away_from=form.away_from.data,
        away_until=form.away_until.data,
        deputy_id=form.deputy_id.data or None,
    )

"""Memberships of a network: who has which profile, until when, and whether that is still right."""

from typing import Any

from flask import g, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.access.actor import PROFILES
from portal.access.permissions import Permission
from portal.access.roles import Gate
from portal.kernel.errors import InvalidInputError
from portal.networks import queries as networks
from portal.networks import service
from portal.people.forms import ReasonForm
from portal.people.queries import members as queries
from portal.people.queries import requests
from portal.people.queries.members import MemberRow
from portal.people.queries.requests import CentreChoice
from portal.web.views import PortalView, page, said


class MembersView(PortalView):
    """The members of a network, for those who decide about access."""

    route_base = "/ern"

    @page("/<code>/members", gate=Gate.SIGNED_IN)
    def index(self, code: str) -> ResponseReturnValue:
        """List memberships; search by name, filter by profile, or show those to be reviewed."""
        network = networks.network(self.actor, code, Permission.NETWORK_DECIDE_ACCESS)
        g.network_code = code
        text = request.args.get("q", "").strip()[:80]
        profile = request.args.get("profile", "")
        due = "due" in request.args
        found = queries.members(
            self.actor,
            network.id,
            text=text,
            profile=profile,
            due=due,
            before=request.args.get("before", "")[:26],
        )
        more = ""
        if found.next:
            kept: dict[str, Any] = {k: v for k, v in request.args.items() if k != "before" and v}
            more = url_for("MembersView.index", code=code, before=found.next, **kept)
        return self.render(
            "people/members.html",
            network=network,
            found=found,
            text=text,
            profile=profile,
            due=due,
            more=more,
            profiles=PROFILES,
            centres=self._centres(network.id, found.rows),
        )

    def _centres(self, network_id: str, rows: list[MemberRow]) -> list[CentreChoice]:
        """Return where a guest on the page could enrol patients; not asked for when there is none."""
        if not any(row.is_guest and not row.may_enrol for row in rows):
            return []
        return requests.centres_to_ask(self.actor, network_id)

    @page("/<code>/members/<membership_id>/finish", gate=Gate.SIGNED_IN, methods=("GET", "POST"))
    def finish(self, code: str, membership_id: str) -> ResponseReturnValue:
        """Ask for the reason and end a membership."""
        network = networks.network(self.actor, code, Permission.NETWORK_DECIDE_ACCESS)
        g.network_code = code
        row = queries.member(self.actor, network.id, membership_id)
        form = ReasonForm()
        if form.validate_on_submit():
            service.end(self.actor, membership_id, form.reason.data)
            said(f"{row.name} is no longer {row.profile_word.lower()} in {network.short_name}.")
            return redirect(url_for("MembersView.index", code=code), 303)
        answer = self.render("people/finish.html", network=network, row=row, form=form)
        return make_response(answer, 422 if request.method == "POST" else 200)

    @page("/<code>/members/<membership_id>/change", gate=Gate.SIGNED_IN, methods=("POST",))
    def change(self, code: str, membership_id: str) -> ResponseReturnValue:
        """Extend a guest, note a review, allow or end enrolling."""
        networks.network(self.actor, code, Permission.NETWORK_DECIDE_ACCESS)
        act = request.form.get("act", "")
        if act == "extend":
            ends = service.extend(self.actor, membership_id)
            said(f"The guest has access until {ends.day} {ends:%B %Y}.")
        elif act == "review":
            service.review(self.actor, membership_id)
            said("Noted: the membership is still right.")
        elif act in ("allow-enrolment", "end-enrolment"):
            allowed = act == "allow-enrolment"
            service.authorise_enrolment(
                self.actor,
                membership_id,
                allowed=allowed,
                centre_id=request.form.get("centre_id", ""),
            )
            said("The guest may enrol patients." if allowed else "The guest no longer enrols.")
        else:
            raise InvalidInputError("Choose what to do: extend, review, allow or end enrolling.")
        return redirect(url_for("MembersView.index", code=code, **_kept()), 303)


def _kept() -> dict[str, Any]:
    return {name: request.form[name] for name in ("q", "profile", "due") if request.form.get(name)}

"""What the pages of a panel share: the case page with what was typed, the network's menu, the way back."""

from typing import Any

from flask import g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.access import policy
from portal.access.permissions import Permission
from portal.kernel.errors import ForbiddenError, InvalidInputError
from portal.panels import material, queries, service
from portal.panels.queries.shapes import PanelHead
from portal.web.views import PortalView


class PanelPages(PortalView):
    """Base of the pages below ``/panel``."""

    route_base = "/panel"
    default_view = "show"

    def place(self, head: PanelHead) -> None:
        """Show the side menu of the network to its members."""
        if head.network_id in self.actor.networks_as():
            g.network_code = head.network_code

    def need(self, head: PanelHead, permission: Permission) -> None:
        """Raise with the rule's reason unless the actor may do ``permission`` to the panel."""
        if permission.value not in head.may:
            rule = policy.RULES[permission]
            raise ForbiddenError(rule.reason, grantor=rule.grantor)

    def case_page(
        self,
        panel_id: str,
        *,
        problems: dict[str, str] | None = None,
        typed: dict[str, str] | None = None,
    ) -> ResponseReturnValue:
        """Return the case page; with ``problems`` it carries what was typed and answers 422."""
        view = queries.case(self.actor, panel_id)
        if not view.seen_before:
            service.mark_seen(self.actor, panel_id)
        self.place(view.head)
        page = self.render(
            "panels/case.html",
            case=view,
            panel=view.head,
            material=material.of_patient(self.actor, view.patient.id if view.patient else None),
            leads=self._leads(view.head),
            **self._search(view.head),
            problems=problems or {},
            typed=typed or {},
        )
        return (page, 422) if problems else page

    def refused(self, panel_id: str, error: InvalidInputError) -> ResponseReturnValue:
        """Show the case page with an error at the fields that it names, and what was typed."""
        problems = error.fields or {"": " ".join(t for t in (error.message, error.hint) if t)}
        return self.case_page(panel_id, problems=problems, typed=dict(request.form))

    def back(self, panel_id: str, place: str = "") -> ResponseReturnValue:
        """Return to the panel's page after a change."""
        return redirect(
            url_for("PanelView.show", panel_id=panel_id, _anchor=place or None), code=303
        )

    def outside_page(self, panel_id: str, **more: Any) -> str:
        """Return the page for somebody who does not read the case."""
        view = queries.outside(self.actor, panel_id)
        if not view.seen_before:
            service.mark_seen(self.actor, panel_id)
        self.place(view.head)
        return self.render(
            "panels/outside.html",
            view=view,
            panel=view.head,
            leads=self._leads(view.head),
            colleagues=self._colleagues(view.head) if view.invited else [],
            **self._search(view.head),
            **more,
        )

    def _leads(self, head: PanelHead) -> list[tuple[str, str]]:
        """Return who may lead, for those who may name the lead now."""
        forwards = Permission.PANEL_FORWARD.value in head.may and head.state == "running"
        names = Permission.PANEL_EDIT_QUESTION.value in head.may and head.phase == "open"
        if not forwards and (head.lead or not names):
            return []
        return queries.leads_of(head.network_id, head.area_id, [head.requester.id])

    def _colleagues(self, head: PanelHead) -> list[tuple[str, str]]:
        """Return whom an invited person may propose instead."""
        taken = [head.requester.id, self.actor.person_id, *([head.lead.id] if head.lead else [])]
        return queries.leads_of(head.network_id, head.area_id, taken)

    def _search(self, head: PanelHead) -> dict[str, Any]:
        """Return what the search for experts found, when it was asked (``?ask=``)."""
        wanted = request.args.get("ask")
        if wanted is None or Permission.PANEL_INVITE.value not in head.may:
            return {"proposals": None, "groups": [], "asked_for": ""}
        return {
            "proposals": queries.find_experts(self.actor, head.id, wanted),
            "groups": queries.groups_of(self.actor, head.id),
            "asked_for": wanted,
        }

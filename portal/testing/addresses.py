"""The address of every route of the portal in the furnished world, so that a test can visit them all."""

from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from portal.forms.models import FormResponse
from portal.kernel import db
from portal.testing.desk import Desk
from portal.testing.house import Room
from portal.testing.world import World

# Words in addresses that mean something else below these routes.
_CENTRE = "/centre/"


@dataclass(frozen=True)
class House:
    """A case, its office, and the address of every route there."""

    app: Flask
    room: Room
    desk: Desk
    values: dict[str, Any]

    def addresses(self, method: str) -> dict[str, str]:
        """Return rule → address for the routes that take ``method``."""
        return {
            str(rule): address(self.app, rule, self.values)
            for rule in rules(self.app)
            if method in (rule.methods or ())
        }


def rules(app: Flask) -> list[Rule]:
    """Return the rules of the portal, in the order of their addresses."""
    return sorted(app.url_map.iter_rules(), key=lambda rule: (str(rule), rule.endpoint))


def address(app: Flask, rule: Rule, values: dict[str, Any]) -> str:
    """Return the address of ``rule`` with the values of :func:`values_of`; raise for an unknown word."""
    known = {**values, **values.get(rule.endpoint, {})}
    if str(rule).startswith(_CENTRE):
        known["code"] = values["centre_code"]
    missing = sorted(rule.arguments - set(known))
    if missing:
        raise LookupError(f"{rule}: say in portal/testing/addresses.py what {missing} may be")
    with app.test_request_context():
        adapter = app.url_map.bind("localhost")
        path = adapter.build(rule.endpoint, {name: known[name] for name in rule.arguments})
    query = values["query"].get(rule.endpoint, "")
    return f"{path}?{query}" if query else path


def values_of(world: World, room: Room, desk: Desk) -> dict[str, Any]:
    """Return what stands in addresses for a case and its office; by endpoint where it differs."""
    codes = {"utrecht": "NL-UTR", "athens": "GR-ATH", "lyon": "FR-LYO"}
    form = db.session.scalar(
        select(FormResponse.form_hash).where(FormResponse.patient_id == room.patient)
    )
    area, network = world.areas[room.cast.network], world.networks[room.cast.network]
    closed = {"panel_id": room.closed}
    outcomes = ("show", "draft", "save", "sign", "pdf")
    return {
        "code": room.cast.network,
        "centre_code": codes[room.cast.centre],
        "patient_id": room.patient,
        "patient": room.patient,
        "panel_id": room.panel,
        "document_id": room.document,
        "contribution_id": room.contribution,
        "person_id": world.people[room.cast.lead],
        "request_id": desk.request,
        "invitation_id": desk.invitation,
        "secret": desk.secret,
        "group_id": desk.group,
        "membership_id": desk.membership,
        "form_hash": form,
        "section": "request",
        "purpose": "research",
        "number": 1,
        "upload_id": "0" * 26,
        "export_type": "csv",
        "locale": "en",
        "name": "main.css",
        "filename": "css/appbuilder.css",
        "pk": area,
        **{f"NetworkConfiguration.{act}": {"pk": network} for act in ("show", "edit")},
        **{f"OutcomeView.{act}": closed for act in outcomes},
        "DocumentView.inline": {"document_id": room.picture},
        "DocumentView.picture": {"document_id": room.pages},
        "VerificationView.verify": {"code": room.code},
        "kind": "CodeSystem",
        "fhir_release": "r4",
        "operation": "$lookup",
        "identity": "orpha",
        "support.static": {"filename": "admin/css/bootstrap3/admin.css"},
        "query": {
            "AskView.new": f"patient={room.patient}",
            "FormSectionView.history": "item=case_summary",
            "search": "q=case",
            "terminology.search": "q=dystrophy",
            "terminology.concept": "pack=orpha&code=98896",
            "PanelExpertsView.search": "q=e",
            "support_centres.edit_view": f"id={world.centres[room.cast.centre]}",
        },
    }

"""The family tree of a form: the drawing, and the same as PED and FHIR files."""

import json

from flask import Response, make_response
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.access.roles import Gate
from portal.forms import queries
from portal.forms.pedigree.fhir import family_history
from portal.forms.pedigree.model import Pedigree
from portal.forms.pedigree.ped import to_ped
from portal.forms.pedigree.svg import draw
from portal.patients.service import note_read
from portal.web.views import PortalView, page


class FormPedigreeView(PortalView):
    """What the pages of the form embed and offer for download."""

    route_base = "/patient"
    default_view = "drawing"

    @page("/<patient_id>/form/pedigree.svg", gate=Gate.MEMBER)
    def drawing(self, patient_id: str) -> ResponseReturnValue:
        """Send the drawing; the page that embeds it has put the reading on record."""
        family = queries.family(self.actor, patient_id)
        return _sent(draw(family, title=gettext("Pedigree")), "image/svg+xml")

    @page("/<patient_id>/form/pedigree.ped", gate=Gate.MEMBER)
    def ped(self, patient_id: str) -> ResponseReturnValue:
        """Send the family as a PED file; the reading is on record."""
        return _sent(to_ped(self._read(patient_id)), "text/plain; charset=utf-8", "pedigree.ped")

    @page("/<patient_id>/form/pedigree.json", gate=Gate.MEMBER)
    def fhir(self, patient_id: str) -> ResponseReturnValue:
        """Send the family as FHIR FamilyMemberHistory; the reading is on record."""
        bundle = family_history(self._read(patient_id), patient_id)
        text = json.dumps(bundle, ensure_ascii=False, indent=1)
        return _sent(text, "application/fhir+json", "pedigree.json")

    def _read(self, patient_id: str) -> Pedigree:
        family = queries.family(self.actor, patient_id)
        note_read(self.actor, patient_id)
        return family


def _sent(text: str, kind: str, name: str = "") -> Response:
    response = make_response(text)
    response.headers["Content-Type"] = kind
    response.headers["Cache-Control"] = "private, no-store"
    if name:
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response

"""The case as people on a panel read it."""

from flask.typing import ResponseReturnValue

from portal.access import guard
from portal.access.permissions import Permission
from portal.access.roles import Gate
from portal.forms import queries
from portal.forms.views.place import placed
from portal.patients.service import note_read
from portal.web.views import PortalView, page


class FormReadingView(PortalView):
    """The form without its fields."""

    route_base = "/patient"
    default_view = "read"

    @page("/<patient_id>/form/read", gate=Gate.MEMBER)
    def read(self, patient_id: str) -> ResponseReturnValue:
        """Show what was answered, section by section; the reading is on record."""
        patient = placed(self.actor, patient_id)
        edits = guard.allows(self.actor, Permission.PATIENT_EDIT, patient)
        if not edits:
            note_read(self.actor, patient_id)
        return self.render(
            "forms/read.html",
            patient=patient,
            case=queries.summary(self.actor, patient_id),
            may_edit=edits and not patient.locked,
        )

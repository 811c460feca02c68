"""The documents of a case: the list and the place to drop new ones."""

from flask import g
from flask.typing import ResponseReturnValue

from portal.access import guard
from portal.access.permissions import Permission
from portal.access.roles import Gate
from portal.documents import formats, limits, queries
from portal.documents.forms import UploadForm
from portal.patients import queries as patients
from portal.web.views import PortalView, page


class PatientDocumentsView(PortalView):
    """Documents below a patient's address."""

    route_base = "/patient"
    default_view = "index"

    @page("/<patient_id>/documents/", gate=Gate.MEMBER)
    def index(self, patient_id: str) -> ResponseReturnValue:
        """Show the documents, and to those who edit the record the drop zone."""
        return self.page_of(patient_id, UploadForm())

    def page_of(self, patient_id: str, form: UploadForm) -> str:
        """Return the page with a form, which may carry what was refused."""
        patient = patients.patient(self.actor, patient_id)
        if patient.centre_id in self.actor.centres_as():
            g.centre_code = patient.centre_code
        elif patient.network_id in self.actor.networks_as():
            g.network_code = patient.network_code
        rows = queries.for_patient(self.actor, patient_id)
        return self.render(
            "documents/list.html",
            patient=patient,
            documents=[row for row in rows if not row.withdrawn],
            withdrawn=[row for row in rows if row.withdrawn],
            may_attach=guard.allows(self.actor, Permission.PATIENT_EDIT, patient)
            and not patient.locked,
            form=form,
            accept=formats.accepted(),
            most_bytes=limits.most_bytes(),
            most_words=limits.in_words(limits.most_bytes()),
        )

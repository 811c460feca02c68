"""Where files are sent: a plain form without scripts, JSON for scripts, tus for large files."""

from typing import Any

from flask import jsonify, make_response, redirect, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from portal.access.roles import Gate
from portal.documents import service, tus
from portal.documents.forms import UploadForm
from portal.documents.service import Received, Upload
from portal.documents.views.patient import PatientDocumentsView
from portal.kernel.blobs import BlobTooLargeError
from portal.kernel.errors import InvalidInputError
from portal.web.bodies import takes_files
from portal.web.errors import wants_json
from portal.web.views import PortalView, page, said


class UploadView(PortalView):
    """Uploads."""

    route_base = "/documents/upload"
    default_view = "send"

    @page("/", gate=Gate.MEMBER, methods=("OPTIONS",))
    def abilities(self) -> ResponseReturnValue:
        """Say what the resumable protocol can do here."""
        return tus.abilities()

    @page("/<patient_id>", gate=Gate.MEMBER, methods=("POST",))
    @takes_files
    def send(self, patient_id: str) -> ResponseReturnValue:
        """Take the files of a form, or open a resumable upload."""
        if tus.is_tus():
            return tus.create(self.actor, patient_id)
        form = UploadForm()
        if not form.validate_on_submit():
            return self._refused(patient_id, form)
        received, problems = self._take_all(patient_id, form)
        if wants_json():
            return _as_json(received, problems)
        if problems:
            form.file.errors = [f"{name}: {text}" for name, text in problems.items()]
            for one in received:
                said(_sentence(one))
            return self._refused(patient_id, form)
        for one in received:
            said(_sentence(one), "warning" if one.concerns else "success")
        return redirect(url_for("PatientDocumentsView.index", patient_id=patient_id), 303)

    @page(
        "/<patient_id>/<upload_id>", gate=Gate.MEMBER, methods=("HEAD", "PATCH", "DELETE", "POST")
    )
    @takes_files
    def piece(self, patient_id: str, upload_id: str) -> ResponseReturnValue:
        """Say where a resumable upload stands, take a piece, or give it up."""
        del patient_id
        return tus.handle(self.actor, upload_id)

    def _take_all(self, patient_id: str, form: UploadForm) -> tuple[list[Received], dict[str, str]]:
        received: list[Received] = []
        problems: dict[str, str] = {}
        files = [f for f in form.file.data or [] if isinstance(f, FileStorage) and f.filename]
        for file in files:
            upload = Upload(
                str(file.filename),
                file.stream,
                category=form.category.data or "",
                document_date=form.document_date.data,
                note=form.note.data or "",
            )
            try:
                received.append(service.receive(self.actor, patient_id, upload))
            except (InvalidInputError, BlobTooLargeError) as error:
                problems[str(file.filename)] = f"{error.message} {error.hint}".strip()
        if not files:
            problems["file"] = "Choose at least one file."
        return received, problems

    def _refused(self, patient_id: str, form: UploadForm) -> ResponseReturnValue:
        if wants_json():
            fields = {name: " ".join(map(str, e)) for name, e in form.errors.items()}
            raise InvalidInputError("Please check these answers.", fields=fields)
        view = PatientDocumentsView()
        view.appbuilder = self.appbuilder
        return make_response(view.page_of(patient_id, form), 422)


def _as_json(received: list[Received], problems: dict[str, str]) -> ResponseReturnValue:
    body: dict[str, Any] = {
        "documents": [
            {
                "id": one.id,
                "name": one.name,
                "kind": one.words,
                "size": one.size,
                "duplicate": one.duplicate,
                "held": list(one.concerns),
                "url": url_for("DocumentView.show", document_id=one.id),
            }
            for one in received
        ],
        "problems": [{"name": name, "detail": text} for name, text in problems.items()],
    }
    return jsonify(body), 201 if received else 422


def _sentence(one: Received) -> str:
    if one.duplicate:
        return f"{one.name} was there already; nothing was added."
    if one.concerns:
        return f"{one.name} is attached, but held back: {'; '.join(one.concerns)}."
    return f"{one.name} is attached."

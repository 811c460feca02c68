"""One document: what it is, a look at it, its bytes; describing, vouching, taking out."""

from flask import g, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.access import guard
from portal.access.permissions import Permission
from portal.access.roles import Gate
from portal.documents import previews, queries, service
from portal.documents.forms import DescribeForm, ReasonForm
from portal.documents.queries import DocumentRow
from portal.documents.sending import is_whole, send
from portal.kernel.errors import InvalidInputError, NotFoundError
from portal.patients import queries as patients
from portal.patients.forms import PortalForm
from portal.patients.queries import PatientView
from portal.web.views import PortalView, page, said

INLINE = {"image", "media"}


class DocumentView(PortalView):
    """One document."""

    route_base = "/documents"
    default_view = "show"

    @page("/<document_id>/", gate=Gate.MEMBER)
    def show(self, document_id: str) -> ResponseReturnValue:
        """Show what is known about the document, and the document itself where that is safe."""
        row, patient = self._placed(document_id)
        preview = previews.NOTHING
        if row.may_open and row.preview:
            preview = previews.of(queries.content_of(row), row.preview)
            service.note_opened(self.actor, document_id, "previewed")
        return self.render(
            "documents/show.html",
            document=row,
            patient=patient,
            preview=preview,
            may_edit=self._may_edit(patient),
        )

    @page("/<document_id>/download", gate=Gate.MEMBER)
    def download(self, document_id: str) -> ResponseReturnValue:
        """Send the document as an attachment; taking a copy is put on record."""
        content = queries.content(self.actor, document_id)
        if is_whole():
            service.note_opened(self.actor, document_id, "downloaded")
        return send(content)

    @page("/<document_id>/inline", gate=Gate.MEMBER)
    def inline(self, document_id: str) -> ResponseReturnValue:
        """Send a picture, sound or video to the browser's own viewer; the page is on record."""
        row = queries.document(self.actor, document_id)
        if row.preview not in INLINE:
            raise NotFoundError("This kind of document is not shown in the browser as it is.")
        return send(queries.content_of(row), inline=True)

    @page("/<document_id>/pages/<int:number>.png", gate=Gate.MEMBER)
    def picture(self, document_id: str, number: int) -> ResponseReturnValue:
        """Send a picture of one page of a PDF document."""
        content = queries.content(self.actor, document_id)
        response = make_response(previews.page_picture(content, number))
        response.headers["Content-Type"] = "image/png"
        response.headers["Cache-Control"] = "private, no-store"
        return response

    @page("/<document_id>/describe", gate=Gate.MEMBER, methods=("GET", "POST"))
    def describe(self, document_id: str) -> ResponseReturnValue:
        """Change category, date and note."""
        row, patient = self._for_change(document_id)
        form = DescribeForm(category=row.category, document_date=row.document_date, note=row.note)
        if form.validate_on_submit():
            try:
                service.describe(
                    self.actor,
                    document_id,
                    category=form.category.data,
                    document_date=form.document_date.data,
                    note=form.note.data or "",
                )
            except InvalidInputError as error:
                form.lay(error)
            else:
                said("The description is changed.")
                return self._back(row)
        return self._form("documents/describe.html", form, row, patient)

    @page("/<document_id>/withdraw", gate=Gate.MEMBER, methods=("GET", "POST"))
    def withdraw(self, document_id: str) -> ResponseReturnValue:
        """Ask why, then take the document out of the case."""
        row, patient = self._for_change(document_id)
        form = ReasonForm()
        if form.validate_on_submit():
            try:
                service.withdraw(self.actor, document_id, form.reason.data or "")
            except InvalidInputError as error:
                form.lay(error)
            else:
                said(f"{row.name} is taken out of the case.")
                return redirect(
                    url_for("PatientDocumentsView.index", patient_id=row.patient_id), 303
                )
        return self._form("documents/withdraw.html", form, row, patient)

    @page("/<document_id>/release", gate=Gate.MEMBER, methods=("GET", "POST"))
    def release(self, document_id: str) -> ResponseReturnValue:
        """Ask why the document is safe, then let the panels see it."""
        row, patient = self._for_change(document_id)
        form = ReasonForm()
        if form.validate_on_submit():
            try:
                service.release(self.actor, document_id, form.reason.data or "")
            except InvalidInputError as error:
                form.lay(error)
            else:
                said(f"{row.name} can now be opened by the people on the panels.")
                return self._back(row)
        return self._form("documents/release.html", form, row, patient)

    def _placed(self, document_id: str) -> tuple[DocumentRow, PatientView]:
        row = queries.document(self.actor, document_id)
        patient = patients.patient(self.actor, row.patient_id)
        if patient.centre_id in self.actor.centres_as():
            g.centre_code = patient.centre_code
        elif patient.network_id in self.actor.networks_as():
            g.network_code = patient.network_code
        return row, patient

    def _may_edit(self, patient: PatientView) -> bool:
        return guard.allows(self.actor, Permission.PATIENT_EDIT, patient) and not patient.locked

    def _for_change(self, document_id: str) -> tuple[DocumentRow, PatientView]:
        row, patient = self._placed(document_id)
        guard.require(self.actor, Permission.PATIENT_EDIT, patient)
        return row, patient

    def _back(self, row: DocumentRow) -> ResponseReturnValue:
        return redirect(url_for("DocumentView.show", document_id=row.id), 303)

    def _form(
        self, template: str, form: PortalForm, row: DocumentRow, patient: PatientView
    ) -> ResponseReturnValue:
        status = 422 if request.method == "POST" else 200
        return make_response(
            self.render(template, form=form, document=row, patient=patient), status
        )

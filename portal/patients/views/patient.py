"""Pages of one patient: the pseudonymised record, the identity on demand, consents, nickname."""

from typing import Any

from flask import Response, g, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.routing import BuildError

from portal.access import guard
from portal.access.permissions import Permission
from portal.access.roles import Gate
from portal.extend import manager
from portal.extend.specs import MenuEntry
from portal.kernel.errors import InvalidInputError, NotFoundError
from portal.patients import consent_forms, places, queries, report, service, terms
from portal.patients.commands import NewConsent
from portal.patients.forms import (
    YES,
    ConsentForm,
    HandOverForm,
    IdentityForm,
    NicknameForm,
    PortalForm,
    WithdrawForm,
    options,
)
from portal.patients.vault import Identity
from portal.people import queries as people
from portal.people import require_recent_login
from portal.web.cards import boxes
from portal.web.views import PortalView, page, said


class PatientView(PortalView):
    """One patient. The name stands on the page only after a reading that is on record."""

    route_base = "/patient"
    default_view = "show"

    def _patient(self, patient_id: str) -> queries.PatientView:
        patient = queries.patient(self.actor, patient_id)
        if patient.centre_id in self.actor.centres_as():
            g.centre_code = patient.centre_code
        elif patient.network_id in self.actor.networks_as():
            g.network_code = patient.network_code
        return patient

    def _for_change(self, patient_id: str, permission: Permission) -> queries.PatientView:
        patient = self._patient(patient_id)
        guard.require(self.actor, permission, patient)
        return patient

    @page("/<patient_id>/", gate=Gate.MEMBER)
    def show(self, patient_id: str) -> ResponseReturnValue:
        """Show the pseudonymised record."""
        patient = self._patient(patient_id)
        shown = self._page(patient)
        if not guard.allows(self.actor, Permission.PATIENT_EDIT, patient):
            service.note_read(
                self.actor, patient_id
            )  # nothing is handed out before it is on record
        return shown

    @page("/<patient_id>/identity", gate=Gate.MEMBER, methods=("POST",))
    def identity(self, patient_id: str) -> ResponseReturnValue:
        """Show the record with the identity; the reading is put on record."""
        identity = queries.identity(self.actor, patient_id)
        return self._page(self._patient(patient_id), identity=identity)

    def _page(self, patient: queries.PatientView, **more: Any) -> str:
        names = people.cards({patient.enrolled_by, patient.recorded_by})
        return self.render(
            "patients/show.html",
            patient=patient,
            names={pid: card.name for pid, card in names.items()},
            purposes=terms.PURPOSE_LABELS,
            short=terms.PURPOSE_SHORT,
            signers=terms.SIGNERS,
            languages=terms.LANGUAGES,
            actions=_actions(
                manager.widgets("patient_actions", actor=self.actor, patient_id=patient.id)
            ),
            boxes=boxes(manager.widgets("patient_cards", actor=self.actor, patient_id=patient.id)),
            **more,
        )

    @page("/<patient_id>/report", gate=Gate.MEMBER, methods=("POST",))
    def report(self, patient_id: str) -> ResponseReturnValue:
        """Hand out all that is held about the patient, for the patient; this is put on record."""
        form = request.form.get("format", "json")
        if form not in report.FORMATS:
            raise InvalidInputError("Choose one of: pdf, json.")
        self._for_change(patient_id, Permission.PATIENT_SEE_IDENTITY)
        require_recent_login()
        name, body = report.download(self.actor, patient_id, form)
        response = Response(body, mimetype=report.FORMATS[form])
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        response.headers["Cache-Control"] = "no-store"
        return response

    @page("/<patient_id>/nickname", gate=Gate.MEMBER, methods=("GET", "POST"))
    def nickname(self, patient_id: str) -> ResponseReturnValue:
        """Change the nickname."""
        patient = self._for_change(patient_id, Permission.PATIENT_EDIT)
        form = NicknameForm(nickname=patient.nickname)
        if form.validate_on_submit():
            try:
                service.rename(self.actor, patient_id, form.nickname.data)
            except InvalidInputError as error:
                form.lay(error)
            else:
                said("The nickname is changed.")
                return self._back(patient_id)
        return self._form("patients/nickname.html", form, patient=patient)

    @page("/<patient_id>/identity/correct", gate=Gate.MEMBER, methods=("GET", "POST"))
    def correct(self, patient_id: str) -> ResponseReturnValue:
        """Correct the identity; opening the form is a reading of the identity."""
        patient = self._for_change(patient_id, Permission.PATIENT_SEE_IDENTITY)
        if request.method == "GET":
            form = IdentityForm(obj=queries.identity(self.actor, patient_id))
            return self._form("patients/identity.html", form, patient=patient)
        form = IdentityForm()
        if form.validate_on_submit():
            try:
                service.correct_identity(self.actor, patient_id, _identity(form))
            except InvalidInputError as error:
                form.lay(error)
            else:
                said("The identity is corrected.")
                return self._back(patient_id)
        return self._form("patients/identity.html", form, patient=patient)

    @page("/<patient_id>/consents/<purpose>/record", gate=Gate.MEMBER, methods=("GET", "POST"))
    def record_consent(self, patient_id: str, purpose: str) -> ResponseReturnValue:
        """Record a decision on one purpose."""
        patient = self._for_change(patient_id, Permission.PATIENT_CONSENT)
        _known(purpose)
        form = ConsentForm()
        if request.method == "GET":
            centre = places.centre(self.actor, patient.centre_code)
            form.language.data = terms.COUNTRY_LANGUAGE.get(centre.country, "en")
        if form.validate_on_submit():
            try:
                service.record_consent(
                    self.actor, patient_id, self._consent(patient, purpose, form)
                )
            except InvalidInputError as error:
                form.lay(error)
            else:
                said("The consent is recorded.")
                return self._back(patient_id)
        return self._form(
            "patients/consent_record.html",
            form,
            patient=patient,
            purpose=purpose,
            label=terms.PURPOSE_LABELS[purpose],
            hint=terms.PURPOSE_HINTS[purpose],
        )

    def _consent(self, patient: queries.PatientView, purpose: str, form: ConsentForm) -> NewConsent:
        centre = places.centre(self.actor, patient.centre_code)
        language = form.language.data
        text = consent_forms.form(centre, centre.network(patient.network_id), language, purpose)
        given = form.given.data == YES
        return NewConsent(purpose, given, form.signer.data, form.signed_on.data, language, text.key)

    @page("/<patient_id>/consents/<purpose>/withdraw", gate=Gate.MEMBER, methods=("GET", "POST"))
    def withdraw(self, patient_id: str, purpose: str) -> ResponseReturnValue:
        """Ask for date and reason, say what follows, withdraw."""
        patient = self._for_change(patient_id, Permission.PATIENT_CONSENT)
        _known(purpose)
        form = WithdrawForm()
        if form.validate_on_submit():
            try:
                service.withdraw_consent(
                    self.actor, patient_id, purpose, form.on.data, form.reason.data or ""
                )
            except InvalidInputError as error:
                form.lay(error)
            else:
                said("The withdrawal is recorded and in force.")
                return self._back(patient_id)
        return self._form(
            "patients/withdraw.html",
            form,
            patient=patient,
            purpose=purpose,
            label=terms.PURPOSE_LABELS[purpose],
        )

    @page("/<patient_id>/hand-over", gate=Gate.MEMBER, methods=("GET", "POST"))
    def hand_over(self, patient_id: str) -> ResponseReturnValue:
        """Give the record to a colleague of the centre."""
        patient = self._for_change(patient_id, Permission.PATIENT_EDIT)
        form = HandOverForm()
        form.person_id.choices = options(
            (person, name)
            for person, name in places.clinicians_at(self.actor, patient.centre_id)
            if person != patient.enrolled_by
        )
        if form.validate_on_submit():
            service.hand_over(self.actor, patient_id, form.person_id.data)
            said("The record is handed over. Your colleague has been told.")
            return redirect(url_for("CentrePatientsView.patients", code=patient.centre_code), 303)
        return self._form("patients/hand_over.html", form, patient=patient)

    @page("/<patient_id>/deactivate", gate=Gate.MEMBER, methods=("POST",))
    def deactivate(self, patient_id: str) -> ResponseReturnValue:
        """Put the record to rest."""
        service.deactivate(self.actor, patient_id)
        said("The record is inactive. It stays readable and can be taken up again.")
        return self._back(patient_id)

    @page("/<patient_id>/reactivate", gate=Gate.MEMBER, methods=("POST",))
    def reactivate(self, patient_id: str) -> ResponseReturnValue:
        """Take up an inactive record."""
        service.reactivate(self.actor, patient_id)
        said("The record is active again.")
        return self._back(patient_id)

    def _back(self, patient_id: str) -> ResponseReturnValue:
        return redirect(url_for("PatientView.show", patient_id=patient_id), 303)

    def _form(self, template: str, form: PortalForm, **context: Any) -> ResponseReturnValue:
        status = 422 if request.method == "POST" else 200
        return make_response(self.render(template, form=form, **context), status)


def _known(purpose: str) -> None:
    if purpose not in terms.PURPOSE_LABELS:
        raise NotFoundError("There is no such purpose of consent.")


def _identity(form: IdentityForm) -> Identity:
    return Identity(
        given_name=form.given_name.data.strip(),
        family_name=form.family_name.data.strip(),
        birth_date=form.birth_date.data,
        birth_place=(form.birth_place.data or "").strip(),
        local_number=(form.local_number.data or "").strip(),
    )


def _actions(entries: list[MenuEntry]) -> list[dict[str, str]]:
    """Return the entries that lead somewhere, in their order: label, url, icon."""
    found = []
    for entry in sorted(entries, key=lambda e: e.order):
        try:
            url = url_for(entry.endpoint, **dict[str, Any](entry.values))
        except BuildError:
            continue  # a feature that is not installed
        found.append({"label": entry.label, "url": url, "icon": entry.icon})
    return found

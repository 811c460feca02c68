"""Pages of a centre: its patients, enrolment, consents, consent forms, who looked at whom."""

from flask import Response, g, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.access.permissions import Permission
from portal.access.roles import Gate
from portal.kernel.errors import InvalidInputError
from portal.patients import consent_forms, history, nicknames, places, queries, service, terms
from portal.patients.commands import EnrolPatient, NewConsent
from portal.patients.errors import DuplicatePatientError
from portal.patients.forms import NO, YES, EnrolForm, FindForm, options
from portal.patients.places import CentrePlace
from portal.patients.vault import Identity
from portal.web.views import PortalView, page, said


class CentrePatientsView(PortalView):
    """Everything about patients that belongs to a centre."""

    route_base = "/centre"
    default_view = "patients"

    def _centre(self, code: str, permission: Permission = Permission.CENTRE_SEE) -> CentrePlace:
        centre = places.centre(self.actor, code, permission)
        g.centre_code = code
        return centre

    @page("/<code>/patients/", gate=Gate.MEMBER)
    def patients(self, code: str) -> ResponseReturnValue:
        """List the centre's patients that the actor may see, newest first; filter by nickname."""
        centre = self._centre(code)
        nickname = request.args.get("nickname", "")[:60]
        status = request.args.get("status", "")
        found = queries.in_centre(
            self.actor,
            centre.id,
            nickname=nickname,
            status=status,
            before=request.args.get("before", "")[:26],
        )
        return self.render(
            "patients/list.html",
            centre=centre,
            found=found,
            nickname=nickname,
            status=status,
            statuses=terms.STATUS_LABELS,
            find=FindForm(formdata=None),
        )

    @page("/<code>/patients/find", gate=Gate.MEMBER, methods=("POST",))
    def find(self, code: str) -> ResponseReturnValue:
        """Find patients by local number or whole name, without putting either into an address."""
        centre = self._centre(code)
        form = FindForm()
        rows = []
        if form.validate_on_submit():
            rows = queries.find_exactly(self.actor, centre.id, form.text.data)
        return self.render("patients/found.html", centre=centre, form=form, rows=rows)

    @page("/<code>/enrol", gate=Gate.MEMBER, methods=("GET", "POST"))
    def enrol(self, code: str) -> ResponseReturnValue:
        """Show the form; enrol; show what is wrong beside what was typed."""
        centre = self._centre(code, Permission.CENTRE_ENROL)
        form = self._enrol_form(centre)
        duplicate: DuplicatePatientError | None = None
        if form.validate_on_submit():
            try:
                patient_id = service.enrol(self.actor, _command(centre, form))
            except DuplicatePatientError as error:
                duplicate = error
            except InvalidInputError as error:
                form.lay(error)
            else:
                said("The patient is enrolled. The next step is the form, or the question.")
                return redirect(url_for("PatientView.show", patient_id=patient_id), 303)
        networks = places.networks_to_enrol_in(self.actor, centre)
        page_ = self.render(
            "patients/enrol.html",
            centre=centre,
            form=form,
            networks=networks,
            duplicate=duplicate,
            languages={
                code: terms.LANGUAGES[code]
                for code in consent_forms.languages(centre, networks[0] if networks else None)
            },
            purposes=terms.PURPOSE_LABELS,
        )
        return make_response(page_, 422 if request.method == "POST" else 200)

    def _enrol_form(self, centre: CentrePlace) -> EnrolForm:
        form = EnrolForm()
        networks = places.networks_to_enrol_in(self.actor, centre)
        form.network.choices = options((n.id, n.short_name) for n in networks)
        form.acting_for.choices = options(places.clinicians_to_act_for(self.actor, centre))
        if request.method == "GET":
            form.country.data = centre.country
            form.language.data = terms.COUNTRY_LANGUAGE.get(centre.country, "en")
            form.nickname.data = nicknames.suggest()
        return form

    @page("/<code>/consent-forms.pdf", gate=Gate.MEMBER)
    def consent_forms(self, code: str) -> ResponseReturnValue:
        """Download the consent forms in a language; nothing in them is about a patient."""
        name, body = consent_forms.download(
            self.actor,
            code,
            request.args.get("network", ""),
            request.args.get("language", "en"),
            request.args.get("purpose", ""),
        )
        response = Response(body, mimetype="application/pdf")
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    @page("/<code>/consents", gate=Gate.MEMBER)
    def consents(self, code: str) -> ResponseReturnValue:
        """List the decisions of the patients whose consents the actor looks after."""
        centre = self._centre(code)
        purpose = request.args.get("purpose", "")
        found = history.consents_in_centre(
            self.actor, centre.id, purpose, request.args.get("before", "")[:26]
        )
        return self.render(
            "patients/consents.html",
            centre=centre,
            found=found,
            purpose=purpose,
            purposes=terms.PURPOSE_LABELS,
            languages={c: terms.LANGUAGES[c] for c in consent_forms.languages(centre, None)},
            suggested=terms.COUNTRY_LANGUAGE.get(centre.country, "en"),
        )

    @page("/<code>/audit", gate=Gate.MEMBER)
    def audit(self, code: str) -> ResponseReturnValue:
        """Show who looked at the actor's own patients."""
        centre = self._centre(code)
        patient_id = request.args.get("patient", "")[:26]
        found = history.accesses(
            self.actor, centre.id, request.args.get("before", "")[:26], patient_id
        )
        return self.render("patients/audit.html", centre=centre, found=found, patient_id=patient_id)


def _command(centre: CentrePlace, form: EnrolForm) -> EnrolPatient:
    network = centre.network(form.network.data)
    language = form.language.data
    answers = {
        terms.Purpose.CARE: form.care.data,
        terms.Purpose.REGISTRIES: form.registries.data,
        terms.Purpose.RESEARCH: form.research.data,
    }
    consents = tuple(
        NewConsent(
            purpose=purpose,
            given=answer == YES,
            signer=form.signer.data,
            signed_on=form.signed_on.data,
            language=language,
            template=consent_forms.form(centre, network, language, purpose).key,
        )
        for purpose, answer in answers.items()
        if answer in (YES, NO)
    )
    return EnrolPatient(
        centre_id=centre.id,
        network_id=form.network.data,
        identity=Identity(
            given_name=form.given_name.data.strip(),
            family_name=form.family_name.data.strip(),
            birth_date=form.birth_date.data,
            birth_place=(form.birth_place.data or "").strip(),
            local_number=(form.local_number.data or "").strip(),
        ),
        sex=form.sex.data,
        country=form.country.data,
        consents=consents,
        nickname=(form.nickname.data or "").strip(),
        acting_for=form.acting_for.data or "",
        known_duplicate=bool(form.known_duplicate.data),
        key=(form.key.data or "")[:40],
    )

"""What must hold before a patient is enrolled: agreement of the hospital, vetoes, duplicates."""

from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select

from portal.access import guard
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.extend import manager
from portal.kernel import clock, db
from portal.kernel.errors import GuardRefusedError, InvalidInputError
from portal.networks.models import Centre, CentreNetwork, Network
from portal.patients import terms, vault
from portal.patients.commands import EnrolPatient, NewConsent
from portal.patients.errors import DuplicatePatientError
from portal.patients.models import Patient, PatientIdentity

OLDEST_YEARS = 125
LONGEST_NAME = 120

_dpo_required: list[bool] = [False]


def configure(*, dpo_required: bool) -> None:
    """Say whether a centre must have recorded its data protection officer's agreement to enrol."""
    _dpo_required[:] = [dpo_required]


def dpo_is_required() -> bool:
    """Return whether the operator refuses enrolment without the officer's agreement."""
    return _dpo_required[0]


def check_place(actor: Actor, centre: Centre, network: Network) -> None:
    """Raise unless patients may be enrolled at ``centre`` for ``network`` now."""
    taking_part = db.session.get(CentreNetwork, (centre.id, network.id))
    if taking_part is None:
        raise InvalidInputError(
            "This centre does not take part in that network.",
            fields={"network": f"{centre.name} is not a centre of {network.short_name}."},
            hint="The support desk adds a centre to a network.",
        )
    if centre.dpo_agreed_on is None and dpo_is_required():
        raise GuardRefusedError(
            "No patient can be enrolled here yet: the agreement of the hospital's data protection "
            "officer is not recorded.",
            hint="A clinician or coordinator of the centre records it in the centre's settings.",
        )
    reasons = manager.vetoes(
        "check_enrolment", actor=actor, network=network.code, centre=centre.code
    )
    if reasons:
        raise GuardRefusedError(" ".join(reasons), hint="Ask the coordinator of the network.")


def closed(network: str, centre: str) -> str | None:
    """Return why nobody is enrolled at ``centre`` for ``network`` (codes) at present, or nothing."""
    found = db.session.execute(
        select(Centre.active, Network.enabled)
        .join(CentreNetwork, CentreNetwork.centre_id == Centre.id)
        .join(Network, Network.id == CentreNetwork.network_id)
        .where(Centre.code == centre, Network.code == network)
    ).first()
    if found is not None and not found[0]:
        return "This centre is closed: no patients are enrolled here any more."
    if found is not None and not found[1]:
        return "This network is switched off at present."
    return None


def check_person(command: EnrolPatient) -> None:
    """Raise with every field of the identity and the record that cannot be accepted."""
    identity, problems = command.identity, dict[str, str]()
    for field, label in (("given_name", "given name"), ("family_name", "family name")):
        text = getattr(identity, field).strip()
        if not text:
            problems[field] = f"Enter the {label}."
        elif len(text) > LONGEST_NAME:
            problems[field] = f"The {label} is longer than {LONGEST_NAME} letters."
    born = birth_date_problem(identity.birth_date)
    if born:
        problems["birth_date"] = born
    if command.sex not in terms.SEXES:
        problems["sex"] = "Choose one of: " + ", ".join(terms.SEXES.values()) + "."
    if command.country not in terms.COUNTRIES:
        problems["country"] = "Choose a country from the list."
    if problems:
        raise InvalidInputError("Please check these answers.", fields=problems)


def birth_date_problem(birth_date: date) -> str:
    """Return what is wrong with a birth date, or an empty string."""
    if birth_date > clock.today():
        return "The birth date lies in the future."
    if birth_date.year < clock.today().year - OLDEST_YEARS:
        return f"The birth date lies more than {OLDEST_YEARS} years back."
    return ""


def check_consents(consents: tuple[NewConsent, ...], birth_date: date | None) -> None:
    """Raise unless care is consented to and each decision is complete."""
    problems: dict[str, str] = {}
    care = next((c for c in consents if c.purpose == terms.Purpose.CARE), None)
    if care is None or not care.given:
        problems["care"] = (
            "Without consent for care a patient cannot be enrolled. What you typed is kept on this "
            "page: come back to it when the form is signed."
        )
    for consent in consents:
        problems |= consent_problems(consent, birth_date)
    if problems:
        raise InvalidInputError("The consent is not complete.", fields=problems)


def consent_problems(consent: NewConsent, birth_date: date | None) -> dict[str, str]:
    """Return what is wrong with one decision, by field."""
    problems: dict[str, str] = {}
    if consent.purpose not in set(terms.Purpose):
        problems["purpose"] = "Choose one of: " + ", ".join(terms.PURPOSE_LABELS.values()) + "."
    if consent.signer not in terms.SIGNERS:
        problems["signer"] = "Choose who signed."
    if consent.language not in terms.LANGUAGES:
        problems["language"] = "Choose the language of the form that was signed."
    if consent.signed_on > clock.today():
        problems["signed_on"] = "The date of the signature lies in the future."
    elif birth_date is not None and consent.signed_on < birth_date:
        problems["signed_on"] = "The date of the signature lies before the birth date."
    return problems


def check_duplicate(actor: Actor, command: EnrolPatient) -> None:
    """Raise :class:`DuplicatePatientError` when a patient like this is at the centre already."""
    if command.known_duplicate:
        return
    number = vault.local_number_index(command.centre_id, command.identity.local_number)
    same_name = vault.name_index(command.centre_id, command.identity.name)
    born = vault.birth_date_index(command.centre_id, command.identity.birth_date)
    likeness: ColumnElement[bool] = and_(
        PatientIdentity.name_index == same_name, PatientIdentity.birth_date_index == born
    )
    if number:
        likeness = or_(PatientIdentity.local_number_index == number, likeness)
    found = db.session.scalars(
        select(Patient)
        .join(PatientIdentity, PatientIdentity.patient_id == Patient.id)
        .where(Patient.centre_id == command.centre_id, likeness)
        .order_by(Patient.id)
        .limit(5)
    ).all()
    if not found:
        return
    mine = next((p for p in found if guard.allows(actor, Permission.PATIENT_SEE, p)), None)
    field = "local_number" if number else "family_name"
    if mine is not None:
        raise DuplicatePatientError(
            f"This may be your patient {mine.nickname}, who is enrolled already.",
            field=field,
            patient_id=mine.id,
            nickname=mine.nickname,
        )
    raise DuplicatePatientError(
        "A patient with the same details may be enrolled at your centre already, by a colleague. "
        "Ask in your department before you enrol twice.",
        field=field,
    )

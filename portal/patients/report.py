"""The patient's own report (GDPR articles 15 and 20): all that is held, and who looked at it.

As JSON for another system, as PDF to read. The clinician hands it to the patient; making it shows the
identity and is put on record.
"""

import json
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select

from portal.access.actor import Actor
from portal.audit.models import AuditEvent
from portal.kernel import clock, db, pdf
from portal.patients import consent_forms, history, inventory, queries, rows, terms
from portal.patients.inventory import Held
from portal.patients.service.record import note_report
from portal.people import queries as people

FORMATS = {"json": "application/json", "pdf": "application/pdf"}
RIGHTS = (
    "You may have this corrected, have it erased, withdraw each consent at any time, receive it in a "
    "form that a computer reads, and complain to the data protection authority of your country. Ask "
    "the hospital named above."
)
# Columns that say nothing about the patient: keys of the portal's own book-keeping, and cipher text.
_INNER = frozenset(
    {
        "id",
        "blob",
        "sha256",
        "form_hash",
        "outcome_hash",
        "fingerprint",
        "parts",
        "position",
        "word",
    }
)
_NOT_SHOWN = frozenset({"patient_identity", "panel_word"})  # shown in clear above; single words


def make(actor: Actor, patient_id: str) -> dict[str, Any]:
    """Return the whole report as plain data; only the enrolling clinician and the assistant may."""
    identity = note_report(actor, patient_id)
    patient = queries.patient(actor, patient_id)
    return {
        "made_on": clock.today().isoformat(),
        "controller": {"hospital": patient.centre_name, "network": patient.network_name},
        "your_rights": RIGHTS,
        "identity": {
            "given name": identity.given_name,
            "family name": identity.family_name,
            "date of birth": identity.birth_date.isoformat(),
            "place of birth": identity.birth_place,
            "local record number": identity.local_number,
        },
        "record": {
            "nickname shown to experts": patient.nickname,
            "sex": patient.sex_label,
            "year of birth": patient.birth_year,
            "country": patient.country_name,
            "enrolled on": patient.enrolled_at.date().isoformat(),
            "state": patient.status_label,
        },
        "consents": [
            {
                "purpose": consent.label,
                "state": consent.state,
                "signed by": terms.SIGNERS.get(consent.signer, consent.signer),
                "signed on": consent.signed_on.isoformat(),
                "text that was signed": consent.template,
                "withdrawn on": consent.withdrawn_on.isoformat() if consent.withdrawn_on else "",
                "reason": consent.withdrawn_reason,
            }
            for consent in patient.consents
        ],
        "held": _held(patient_id),
        "who_looked": _looks(patient_id),
    }


def download(actor: Actor, patient_id: str, form: str) -> tuple[str, bytes]:
    """Return file name and bytes of the report as ``json`` or ``pdf``."""
    made = make(actor, patient_id)
    name = f"report-{made['made_on']}.{form}"
    if form == "json":
        return name, json.dumps(made, ensure_ascii=False, indent=2).encode()
    html = consent_forms.templates().get_template("report.html").render(report=made)
    return name, pdf.render(html, base=consent_forms.HERE / "pdf")


def _held(patient_id: str) -> list[dict[str, Any]]:
    found = []
    for held in inventory.HELD:
        if held.table not in _NOT_SHOWN and held.table != "consent":
            entries = _entries(held, patient_id)
            if entries:
                found.append({"what": held.words, "entries": entries})
    return found


def _entries(held: Held, patient_id: str) -> list[dict[str, Any]]:
    table = rows.table(held.table)
    columns = [
        c for c in table.c if c.name not in _INNER and not c.foreign_keys and c.name != held.link
    ]
    shown = db.session.execute(select(*columns).where(rows.belonging(held, patient_id)))
    return [
        {
            column.name.replace("_", " "): _plain(value)
            for column, value in zip(columns, row, strict=True)
            if value not in (None, "", [], {})
        }
        for row in shown
    ]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value


def _looks(patient_id: str) -> list[dict[str, str]]:
    """Return everything on record about the patient and the panels, oldest first."""
    names = rows.subjects(patient_id)
    events = db.session.scalars(
        select(AuditEvent)
        .where(or_(AuditEvent.stream.in_(names), AuditEvent.entity.in_(names)))
        .order_by(AuditEvent.id)
    ).all()
    cards = people.cards({e.actor_id for e in events})
    return [
        {
            "when": e.at.isoformat(),
            "who": cards[e.actor_id].name if e.actor_id in cards else "The portal",
            "what": history.ACTIONS.get(e.action, e.action.replace(".", ": ").replace("-", " ")),
        }
        for e in events
    ]

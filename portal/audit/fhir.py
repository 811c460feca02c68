"""The audit record as FHIR R4 AuditEvent, after IHE's Basic Audit Log Patterns (BALP 1.1.3).

Patient events follow the patterns PatientRead, PatientCreate, PatientUpdate and PatientDelete, all
else Read, Create, Update and Delete. Only identifiers go out: who a person or a patient is stays here.
Source: https://profiles.ihe.net/ITI/BALP/ and http://hl7.org/fhir/R4/auditevent.html
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import select

from portal.access import guard
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.audit.models import AuditEvent
from portal.kernel import db

BATCH = 1000
PROFILE = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit."
DICOM = "http://dicom.nema.org/resources/ontology/DCM"
SUBTYPE = {"C": "create", "R": "read", "U": "update", "D": "delete"}
NAMES = {"C": "Create", "R": "Read", "U": "Update", "D": "Delete"}
# The role of the actor, by what is done: who sends and who receives the data.
SOURCE_ROLE = ("110153", "Source Role ID")
DESTINATION_ROLE = ("110152", "Destination Role ID")
_READS = ("read", "seen", "opened", "previewed", "downloaded", "exported", "viewed", "reported")
_CREATES = ("enrolled", "created", "attached", "asked", "recorded", "added", "begun", "drafted")
_DELETES = ("erased", "deleted", "removed")


def events(
    actor: Actor, *, patient_id: str = "", since: date | None = None
) -> Iterator[dict[str, Any]]:
    """Yield the events in their order as resources; for auditors."""
    guard.require(actor, Permission.PLATFORM_AUDIT, guard.PLATFORM)
    statement = select(AuditEvent).order_by(AuditEvent.id)
    if patient_id:
        statement = statement.where(AuditEvent.stream == f"patient:{patient_id}")
    if since is not None:
        statement = statement.where(AuditEvent.at >= datetime.combine(since, time(), UTC))
    for event in db.session.scalars(statement.execution_options(yield_per=BATCH)):
        yield resource(event)


def action(name: str) -> str:
    """Return C, R, U or D for one of our actions, such as ``patient.identity-read``."""
    verb = name.rpartition(".")[2].rpartition("-")[2]
    for letter, verbs in (("R", _READS), ("C", _CREATES), ("D", _DELETES)):
        if verb in verbs:
            return letter
    return "U"


def resource(event: AuditEvent) -> dict[str, Any]:
    """Return one event as an AuditEvent resource."""
    code = action(event.action)
    stream_kind, _, stream_id = event.stream.partition(":")
    about_patient = stream_kind == "patient"
    agents = [_agent(event.actor_id, code, requestor=True)]
    if event.acting_for_id:
        agents.append(_agent(event.acting_for_id, code, requestor=False))
    entities = [
        {
            "what": {"identifier": {"value": event.entity}},
            "type": {
                "system": "http://terminology.hl7.org/CodeSystem/audit-entity-type",
                "code": "2",
                "display": "System Object",
            },
            "role": {
                "system": "http://terminology.hl7.org/CodeSystem/object-role",
                "code": "4",
                "display": "Domain Resource",
            },
        }
    ]
    if about_patient:
        entities.append(
            {
                "what": {"reference": f"Patient/{stream_id}"},
                "type": {
                    "system": "http://terminology.hl7.org/CodeSystem/audit-entity-type",
                    "code": "1",
                    "display": "Person",
                },
                "role": {
                    "system": "http://terminology.hl7.org/CodeSystem/object-role",
                    "code": "1",
                    "display": "Patient",
                },
            }
        )
    return {
        "resourceType": "AuditEvent",
        "id": event.id,
        "meta": {"profile": [f"{PROFILE}{'Patient' if about_patient else ''}{NAMES[code]}"]},
        "type": {
            "system": "http://terminology.hl7.org/CodeSystem/audit-event-type",
            "code": "rest",
            "display": "RESTful Operation",
        },
        "subtype": [
            {"system": "http://hl7.org/fhir/restful-interaction", "code": SUBTYPE[code]},
            {"system": "urn:ern-portal:audit-action", "code": event.action},
        ],
        "action": code,
        "recorded": event.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "outcome": "0" if event.outcome == "success" else "4",
        "agent": agents,
        "source": {"observer": {"display": "ERN portal"}},
        "entity": entities,
    }


def _agent(person_id: str, code: str, *, requestor: bool) -> dict[str, Any]:
    number, words = DESTINATION_ROLE if code == "R" else SOURCE_ROLE
    return {
        "type": {"coding": [{"system": DICOM, "code": number, "display": words}]},
        "who": {"identifier": {"value": person_id}},
        "requestor": requestor,
    }

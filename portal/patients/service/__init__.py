"""What can be done to patients: enrol, consent, rename, deactivate, hand over, reveal, erase."""

from portal.patients.commands import EnrolPatient, NewConsent
from portal.patients.errors import DuplicatePatientError, LockedError
from portal.patients.service.consents import record_consent, withdraw_consent
from portal.patients.service.enrolment import enrol
from portal.patients.service.erasure import erase_identity, rotate_vault
from portal.patients.service.record import (
    correct_identity,
    deactivate,
    hand_over,
    note_read,
    reactivate,
    rename,
    require_unlocked,
    reveal_identity,
)

__all__ = [
    "DuplicatePatientError",
    "EnrolPatient",
    "LockedError",
    "NewConsent",
    "correct_identity",
    "deactivate",
    "enrol",
    "erase_identity",
    "hand_over",
    "note_read",
    "reactivate",
    "record_consent",
    "rename",
    "require_unlocked",
    "reveal_identity",
    "rotate_vault",
    "withdraw_consent",
]

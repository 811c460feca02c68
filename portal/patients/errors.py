"""Errors of this feature that carry more than a message."""

from portal.kernel.errors import GuardRefusedError, InvalidInputError


class DuplicatePatientError(InvalidInputError):
    """Somebody very like this is enrolled at the centre already.

    ``patient_id`` and ``nickname`` are filled only when the actor may see that patient.
    """

    code = "duplicate-patient"

    def __init__(
        self, message: str, *, field: str, patient_id: str = "", nickname: str = ""
    ) -> None:
        super().__init__(message, fields={field: message})
        self.patient_id = patient_id
        self.nickname = nickname


class LockedError(GuardRefusedError):
    """The patient's record is locked, because consent for care was withdrawn."""

    code = "patient-locked"

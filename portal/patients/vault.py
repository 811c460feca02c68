"""The identity vault: who a patient is, encrypted field by field, found only by exact match.

Each value is bound to table, column and row. Blind indexes are keyed per centre, so that equal names
in two hospitals have nothing in common. No plain text of an identity leaves this module but through
:class:`Identity`.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from portal.kernel import crypto
from portal.patients.models import PatientIdentity

_COLUMNS = ("given_name", "family_name", "birth_date", "birth_place", "local_number")


@dataclass(frozen=True)
class Identity:
    """Who the patient is. ``local_number`` is the hospital's own record number, or empty."""

    given_name: str
    family_name: str
    birth_date: date
    birth_place: str = ""
    local_number: str = ""

    @property
    def name(self) -> str:
        """Given name and family name."""
        return f"{self.given_name} {self.family_name}"


def seal(patient_id: str, centre_id: str, identity: Identity) -> PatientIdentity:
    """Return a row for the vault; nothing is added to the session."""
    row = PatientIdentity(patient_id=patient_id)
    reseal(row, centre_id, identity)
    return row


def reseal(row: PatientIdentity, centre_id: str, identity: Identity) -> None:
    """Write ``identity`` into ``row`` with the active key and the indexes of the centre."""
    for column, text in _texts(identity).items():
        setattr(row, column, crypto.ring().encrypt(text, _place(column, row.patient_id)))
    row.name_index = name_index(centre_id, identity.name)
    row.birth_date_index = birth_date_index(centre_id, identity.birth_date)
    row.local_number_index = local_number_index(centre_id, identity.local_number)


def open_row(row: PatientIdentity) -> Identity:
    """Return the identity in ``row``; raise ``DecryptionError`` when it was altered or moved."""
    plain = {
        column: crypto.ring().decrypt(getattr(row, column), _place(column, row.patient_id))
        for column in _COLUMNS
    }
    return Identity(**{**plain, "birth_date": date.fromisoformat(plain["birth_date"])})  # type: ignore[arg-type]


def needs_rotation(row: PatientIdentity) -> bool:
    """Return whether any value was encrypted with another key than the active one."""
    return any(crypto.ring().needs_rotation(getattr(row, column)) for column in _COLUMNS)


def name_index(centre_id: str, name: str) -> str:
    """Return the blind index of a full name; the order of its words does not matter."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    words = sorted(word for word in re.split(r"[\W_]+", plain) if word)
    return crypto.ring().blind_index(" ".join(words), f"name:{centre_id}")


def birth_date_index(centre_id: str, birth_date: date) -> str:
    """Return the blind index of a birth date."""
    return crypto.ring().blind_index(birth_date.isoformat(), f"birth_date:{centre_id}")


def local_number_index(centre_id: str, number: str) -> str:
    """Return the blind index of a local number, or an empty string for no number."""
    if not number.strip():
        return ""
    return crypto.ring().blind_index(number, f"local_number:{centre_id}")


def _texts(identity: Identity) -> dict[str, str]:
    return {
        "given_name": identity.given_name,
        "family_name": identity.family_name,
        "birth_date": identity.birth_date.isoformat(),
        "birth_place": identity.birth_place,
        "local_number": identity.local_number,
    }


def _place(column: str, patient_id: str) -> str:
    return f"patient_identity:{column}:{patient_id}"

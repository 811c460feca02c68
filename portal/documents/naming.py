"""File names as they are kept: without folders, tricks and the patient's name."""

import re
import unicodedata

from portal.kernel import db
from portal.kernel.errors import NotFoundError
from portal.patients import vault
from portal.patients.models import Patient, PatientIdentity

LONGEST = 180
_UNWANTED = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\/]')
_WORD = re.compile(r"[^\W\d_]{3,}")


def tidy(name: str) -> str:
    """Return the last part of a path without control, direction and reserved characters."""
    last = re.split(r"[/\\]", name)[-1]
    visible = "".join(c for c in last if unicodedata.category(c) not in {"Cf", "Cc", "Cs", "Co"})
    clean = " ".join(_UNWANTED.sub(" ", unicodedata.normalize("NFC", visible)).split()).lstrip(".")
    stem, dot, extension = clean.rpartition(".")
    if dot and len(clean) > LONGEST:
        return f"{stem[: LONGEST - len(extension) - 1]}.{extension[:20]}"
    return clean[:LONGEST] or "document"


def without_identity(name: str, patient: Patient) -> str:
    """Return the name with the patient's own names and local number replaced by the nickname.

    Everybody on a panel reads file names; hospitals like to write the patient's name into them.
    """
    row = db.session.get(PatientIdentity, patient.id)
    if row is None:
        raise NotFoundError("There is nothing here, or it is not yours to see.")
    identity = vault.open_row(row)
    telling = {word.casefold() for word in _WORD.findall(identity.name)}
    replaced = _WORD.sub(
        lambda match: patient.nickname if match[0].casefold() in telling else match[0], name
    )
    number = identity.local_number.strip()
    if len(number) >= 4:
        replaced = re.sub(re.escape(number), patient.nickname, replaced, flags=re.IGNORECASE)
    doubled = re.compile(rf"{re.escape(patient.nickname)}([\s_.,-]+{re.escape(patient.nickname)})+")
    return tidy(doubled.sub(patient.nickname, replaced))

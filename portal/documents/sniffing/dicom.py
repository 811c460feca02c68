"""Whether a DICOM image still says who the patient is."""

import io
from typing import cast

from pydicom import config, dcmread
from pydicom.dataset import Dataset

from portal.documents.sniffing.found import ByteSource

_NAMING = ("PatientName", "PatientBirthDate", "PatientID", "OtherPatientIDs", "PatientAddress")
_LOOKED_AT = (*_NAMING, "SOPClassUID", "PatientIdentityRemoved", "BurnedInAnnotation")
_UNREAD = ("its header could not be read, so that it may name the patient",)
# What hospitals and tools write into PatientName when they take the name out.
_NO_NAMES = {"", "anonymous", "anonymized", "anonymised", "anon", "pseudonym", "removed", "none"}


def concerns_of_dicom(source: ByteSource) -> tuple[str, ...]:
    """Return what in the header names the patient, in words; pixels are never read."""
    source.seek(0)
    try:
        with config.disable_value_validation():
            header = dcmread(
                cast("io.BufferedIOBase", source),
                stop_before_pixels=True,
                specific_tags=list(_LOOKED_AT),
                defer_size=1024,
            )
            return _naming(header) if "SOPClassUID" in header else _UNREAD
    except Exception:  # a reader of a hostile format fails in many ways
        return _UNREAD


def _naming(header: Dataset) -> tuple[str, ...]:
    found = []
    if _text(header, "PatientIdentityRemoved") != "yes":
        if _text(header, "PatientName").strip("^ ") not in _NO_NAMES:
            found.append("its header names the patient")
        elif any(_text(header, name) for name in _NAMING[1:]):
            found.append("its header holds the birth date or number of the patient")
    if _text(header, "BurnedInAnnotation") == "yes":
        found.append("the image itself may show the name")
    return tuple(found)


def _text(header: Dataset, name: str) -> str:
    value = header.get(name)
    return "" if value is None else str(value).strip().lower()

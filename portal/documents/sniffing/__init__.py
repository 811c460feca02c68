"""What a file is, by its content and never by its name.

``sniff`` looks at structure: the mark at 128 of DICOM first (its files may begin like a TIFF), then
signatures, then what is inside archives and compound files, and text last. It reads little and
decompresses nothing but small parts of archives, within limits.
"""

from dataclasses import replace

from portal.documents.sniffing.archives import look_into_zip
from portal.documents.sniffing.compound import look_into_compound
from portal.documents.sniffing.dicom import concerns_of_dicom
from portal.documents.sniffing.found import ByteSource, Found
from portal.documents.sniffing.pdf import concerns_of_pdf
from portal.documents.sniffing.plaintext import look_at_text
from portal.documents.sniffing.signatures import by_signature

__all__ = ["ByteSource", "Found", "sniff"]

HEAD = 4096


def sniff(source: ByteSource, size: int) -> Found:
    """Return what the content is. ``source`` can seek; it is read, never changed."""
    if size == 0:
        return Found(refusal="The file is empty.")
    source.seek(0)
    found = by_signature(source.read(HEAD))
    if found is None:
        return look_at_text(source) or Found(keys=("pcm",), words="data of no known format")
    return _look_deeper(found, source, size)


def _look_deeper(found: Found, source: ByteSource, size: int) -> Found:
    if found.keys == ("zip",):
        return look_into_zip(source)
    if found.keys == ("doc", "xls", "ppt"):
        return look_into_compound(source, size)
    if found.keys == ("pdf",):
        return replace(found, concerns=concerns_of_pdf(source))
    if found.keys == ("dicom",):
        return replace(found, concerns=concerns_of_dicom(source))
    return found

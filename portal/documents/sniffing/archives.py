"""ZIP archives: office documents, OpenDocument files, DICOM images; bombs and the rest are refused."""

import io
import zipfile
import zlib
from typing import IO, cast
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

from portal.documents.formats import BY_KEY
from portal.documents.sniffing.dicom import concerns_of_dicom
from portal.documents.sniffing.found import ByteSource, Found

MOST_ENTRIES = 20_000
MOST_UNPACKED = 4 * 1024**3
MOST_RATIO = 200
MOST_IMAGES_READ = 2000
_SMALL_PART = 1024 * 1024
_HEAD_OF_IMAGE = 128 * 1024
_SPARED = 10 * 1024**2  # a ratio means nothing in a small archive

_OOXML = "application/vnd.openxmlformats-officedocument."
_MAIN_PARTS: dict[str, str] = {
    f"{_OOXML}wordprocessingml.document.main+xml": "docx",
    f"{_OOXML}spreadsheetml.sheet.main+xml": "xlsx",
    f"{_OOXML}presentationml.presentation.main+xml": "pptx",
    "application/vnd.ms-word.document.macroenabled.main+xml": "docm",
    "application/vnd.ms-excel.sheet.macroenabled.main+xml": "xlsm",
    "application/vnd.ms-powerpoint.presentation.macroenabled.main+xml": "pptm",
}
_ODF_TYPES = {
    one.media_type: one.key for one in BY_KEY.values() if "opendocument" in one.media_type
}
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    ValueError,
    EOFError,
    RuntimeError,
)


def look_into_zip(source: ByteSource) -> Found:
    """Return what the archive is. Only its directory and small parts are read."""
    try:
        with zipfile.ZipFile(cast("IO[bytes]", source)) as archive:
            return _bomb(archive) or _office(archive) or _open_document(archive) or _images(archive)
    except _UNREADABLE:
        return Found(words="a damaged ZIP archive", refusal="The archive is damaged or encrypted.")


def _bomb(archive: zipfile.ZipFile) -> Found | None:
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    if len(entries) > MOST_ENTRIES:
        return _refused(f"The archive has more than {MOST_ENTRIES} entries.")
    if unpacked > MOST_UNPACKED or (unpacked > _SPARED and unpacked / packed > MOST_RATIO):
        return _refused("The archive unpacks to far more than it should.")
    if any(entry.flag_bits & 1 for entry in entries):
        return _refused("The archive is protected by a password, so nobody could look into it.")
    if any(_escapes(entry.filename) for entry in entries):
        return _refused("The archive holds names that lead out of its folder.")
    return None


def _refused(reason: str) -> Found:
    return Found(words="a ZIP archive", refusal=reason)


def _escapes(name: str) -> bool:
    return name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/")


def _small(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        with archive.open(name) as part:
            return part.read(_SMALL_PART)
    except KeyError:
        return b""


def _office(archive: zipfile.ZipFile) -> Found | None:
    types = _small(archive, "[Content_Types].xml")
    if not types:
        return None
    try:
        root = fromstring(types, forbid_dtd=True)
    except (ParseError, DefusedXmlException):
        return _refused("The office document is damaged.")
    stated = {str(part.get("ContentType", "")).lower() for part in root}
    for media_type, key in _MAIN_PARTS.items():
        if media_type in stated:
            return Found(keys=(key,), words=BY_KEY[key].words, concerns=_concerns(archive))
    return _refused("The archive is an office document of a kind that is not accepted.")


def _open_document(archive: zipfile.ZipFile) -> Found | None:
    stated = _small(archive, "mimetype").decode("ascii", "replace").strip()
    key = _ODF_TYPES.get(stated)
    if key is None:
        return None
    return Found(keys=(key,), words=BY_KEY[key].words, concerns=_concerns(archive))


def _concerns(archive: zipfile.ZipFile) -> tuple[str, ...]:
    names = [name.lower() for name in archive.namelist()]
    found = []
    if any(n.endswith("vbaproject.bin") or n.startswith(("basic/", "scripts/")) for n in names):
        found.append("it contains macros")
    if any("/activex/" in n or ("/embeddings/" in n and n.endswith(".bin")) for n in names):
        found.append("it contains embedded programs")
    return tuple(found)


def _images(archive: zipfile.ZipFile) -> Found:
    files = [e for e in archive.infolist() if not e.is_dir() and not _by_the_way(e.filename)]
    if not files:
        return _refused("The archive holds no files.")
    concerns: set[str] = set()
    for entry in files:
        with archive.open(entry) as part:
            head = io.BytesIO(part.read(_HEAD_OF_IMAGE))
        if head.getvalue()[128:132] != b"DICM":
            return _refused(
                "The archive holds other things than DICOM images: send them one by one."
            )
        if len(files) <= MOST_IMAGES_READ:
            concerns.update(concerns_of_dicom(head))
    if len(files) > MOST_IMAGES_READ:
        concerns.add("it holds more images than are checked for names")
    return Found(keys=("zip",), words=BY_KEY["zip"].words, concerns=tuple(sorted(concerns)))


def _by_the_way(name: str) -> bool:
    """Directory files and what operating systems leave in folders."""
    last = name.rsplit("/", 1)[-1].lower()
    return last in {"dicomdir", ".ds_store", "thumbs.db"} or name.startswith("__MACOSX/")

"""Signatures at the beginning of a file."""

from portal.documents.formats import BY_KEY
from portal.documents.sniffing.found import Found

_PROGRAMS = (
    b"MZ",
    b"\x7fELF",
    b"#!",
    b"\xca\xfe\xba\xbe",
    b"\xcf\xfa\xed\xfe",
    b"\xfe\xed\xfa\xcf",
)
_ASF = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
_COMPOUND = bytes.fromhex("d0cf11e0a1b11ae1")

# Where, which bytes, and the formats they stand for.
_TABLE: tuple[tuple[int, bytes, tuple[str, ...]], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", ("png",)),
    (0, b"\xff\xd8\xff", ("jpeg",)),
    (0, b"II*\0", ("tiff", "svs")),
    (0, b"MM\0*", ("tiff", "svs")),
    (0, b"II+\0", ("tiff", "svs")),
    (0, b"MM\0+", ("tiff", "svs")),
    (0, b"FLV\x01", ("flv",)),
    (0, _ASF, ("wmv",)),
    (0, b"OggS", ("ogg",)),
    (0, b"fLaC", ("flac",)),
    (0, b"ID3", ("mp3",)),
    (0, b"PK\x03\x04", ("zip",)),
    (0, _COMPOUND, ("doc", "xls", "ppt")),
)


def by_signature(head: bytes) -> Found | None:
    """Return what the first bytes say, or nothing when they say nothing."""
    if head[128:132] == b"DICM":
        return _found("dicom")
    for program in _PROGRAMS:
        if head.startswith(program):
            return Found(words="a program", refusal="The file is a program, not a document.")
    for offset, mark, keys in _TABLE:
        if head[offset : offset + len(mark)] == mark:
            return _found(*keys)
    return (
        _riff(head) or _iso_media(head) or _matroska(head) or _pdf(head) or _bmp(head) or _mp3(head)
    )


def _found(*keys: str) -> Found:
    return Found(keys=keys, words=BY_KEY[keys[0]].words)


def _riff(head: bytes) -> Found | None:
    if head[:4] != b"RIFF":
        return None
    return {b"WAVE": _found("wav"), b"AVI ": _found("avi")}.get(head[8:12])


def _iso_media(head: bytes) -> Found | None:
    """MP4 and QuickTime are one family; the brand says which, and both names are used for both."""
    if head[4:8] in {b"moov", b"mdat", b"wide", b"free"}:
        return _found("mov", "mp4")
    if head[4:8] != b"ftyp":
        return None
    brand = head[8:12]
    if brand in {b"heic", b"heix", b"mif1", b"avif", b"crx "}:
        return Found(
            words="a HEIC or AVIF picture",
            refusal="The file is a HEIC or AVIF picture, which few viewers read.",
        )
    return _found("mov", "mp4") if brand == b"qt  " else _found("mp4", "mov")


def _matroska(head: bytes) -> Found | None:
    if head[:4] != b"\x1a\x45\xdf\xa3":
        return None
    if b"webm" in head[:64]:
        return _found("webm")
    return Found(words="a Matroska video", refusal="Matroska videos are not accepted.")


def _pdf(head: bytes) -> Found | None:
    """Some scanners write a few bytes before the mark; markup there would be a trap."""
    place = head[:1024].find(b"%PDF-")
    return _found("pdf") if place >= 0 and b"<" not in head[:place] else None


def _bmp(head: bytes) -> Found | None:
    known_headers = {12, 40, 52, 56, 64, 108, 124}
    if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in known_headers:
        return _found("bmp")
    return None


def _mp3(head: bytes) -> Found | None:
    """A frame of MPEG audio layer III: sync bits, a valid bit rate and sampling rate."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2 or head[1] & 0x18 == 0x08:
        return None
    bit_rate, sampling = head[2] >> 4, head[2] >> 2 & 3
    return _found("mp3") if 0 < bit_rate < 15 and sampling < 3 else None

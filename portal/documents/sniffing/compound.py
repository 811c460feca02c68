"""Compound files (OLE2): Word, Excel and PowerPoint as they were until 2007."""

from collections.abc import Callable

from portal.documents.formats import BY_KEY
from portal.documents.sniffing.found import ByteSource, Found

_ENTRY = 128
_MOST_SECTORS = 4096
_END = 0xFFFFFFF0  # sector numbers from here on are marks
_STREAMS = {
    "worddocument": "doc",
    "workbook": "xls",
    "book": "xls",
    "powerpoint document": "ppt",
}


def look_into_compound(source: ByteSource, size: int) -> Found:
    """Return which office document the names of its streams make it."""
    names = _stream_names(source, size)
    key = next((_STREAMS[name] for name in names if name in _STREAMS), "")
    if not key:
        return Found(
            words="a compound file",
            refusal="The file is not a Word, Excel or PowerPoint document of the old kind.",
        )
    if "encryptedpackage" in names:
        return Found(words=BY_KEY[key].words, refusal="The document is protected by a password.")
    macros = {"vba", "_vba_project_cur", "macros"} & set(names)
    concerns = ("it contains macros",) if macros else ()
    return Found(keys=(key,), words=BY_KEY[key].words, concerns=concerns)


def _stream_names(source: ByteSource, size: int) -> list[str]:
    source.seek(0)
    header = source.read(512)
    if len(header) < 512:
        return []
    sector_size = 1 << min(int.from_bytes(header[30:32], "little"), 16)
    if sector_size < 512:
        return []
    table = _allocation(source, header, sector_size)
    names: list[str] = []
    sector = int.from_bytes(header[48:52], "little")
    seen: set[int] = set()
    while sector < _END and sector not in seen and len(seen) < _MOST_SECTORS:
        seen.add(sector)
        place = (sector + 1) * sector_size
        if place >= size:
            break
        source.seek(place)
        names += _entries(source.read(sector_size))
        sector = table(sector)
    return names


def _allocation(source: ByteSource, header: bytes, sector_size: int) -> Callable[[int], int]:
    """Return a function from a sector to the next one of its chain (the first 109 tables suffice)."""
    tables = [int.from_bytes(header[76 + 4 * i : 80 + 4 * i], "little") for i in range(109)]
    per_table = sector_size // 4

    def following(sector: int) -> int:
        index = sector // per_table
        if index >= len(tables) or tables[index] >= _END:
            return _END
        source.seek((tables[index] + 1) * sector_size + 4 * (sector % per_table))
        return int.from_bytes(source.read(4).ljust(4, b"\xff"), "little")

    return following


def _entries(data: bytes) -> list[str]:
    names = []
    for start in range(0, len(data) - _ENTRY + 1, _ENTRY):
        length = int.from_bytes(data[start + 64 : start + 66], "little")
        if 2 < length <= 64:
            name = data[start : start + length - 2].decode("utf-16-le", "replace")
            names.append(name.lower())
    return names

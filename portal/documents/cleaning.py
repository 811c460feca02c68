"""Take out what a picture says about its making, on the way in and without touching its pixels.

Phones write place and time into photographs, scanners write names into comments. From JPEG and PNG
everything is dropped that is not needed to show the picture; the way a photograph is to be turned
and its colour profile stay. The 128 bytes before DICOM's mark may hold a program: they are zeroed.
Other formats pass unchanged.
"""

from collections.abc import Iterator

from portal.kernel.blobs import Readable

_PIECE = 256 * 1024
_KEPT_APPS = {0xE0, 0xEE}  # JFIF, Adobe's colour transform
_APP1, _APP2, _APP15, _COMMENT, _SOS, _EOI = 0xE1, 0xE2, 0xEF, 0xFE, 0xDA, 0xD9
_LONELY = {0x01, *range(0xD0, 0xD8)}  # markers without a length
_PNG_DROPPED = {b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME"}
PNG = b"\x89PNG\r\n\x1a\n"


class _Source:
    """A stream from which exact numbers of bytes and single pieces can be taken."""

    def __init__(self, stream: Readable) -> None:
        self.stream = stream
        self.buffer = b""

    def fill(self, size: int) -> bool:
        """Have at least ``size`` bytes at hand; say whether there are that many."""
        while len(self.buffer) < size:
            piece = self.stream.read(_PIECE)
            if not piece:
                return False
            self.buffer += piece
        return True

    def take(self, size: int) -> bytes:
        """Take up to ``size`` bytes."""
        self.fill(size)
        taken, self.buffer = self.buffer[:size], self.buffer[size:]
        return taken

    def rest(self) -> Iterator[bytes]:
        """Take everything that is left."""
        while piece := self.take(_PIECE):
            yield piece


class _Joined:
    """Pieces of bytes as a stream."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces = pieces
        self.buffer = b""

    def read(self, size: int = -1, /) -> bytes:
        """Return up to ``size`` bytes; all of them when it is negative."""
        while size < 0 or len(self.buffer) < size:
            piece = next(self.pieces, None)
            if piece is None:
                break
            self.buffer += piece
        end = len(self.buffer) if size < 0 else size
        taken, self.buffer = self.buffer[:end], self.buffer[end:]
        return taken


def cleaned(stream: Readable) -> Readable:
    """Return the stream as it is to be kept."""
    source = _Source(stream)
    source.fill(132)
    if source.buffer[128:132] == b"DICM":
        source.buffer = bytes(128) + source.buffer[128:]
    elif source.buffer.startswith(b"\xff\xd8\xff"):
        return _Joined(_jpeg(source))
    elif source.buffer.startswith(PNG):
        return _Joined(_png(source))
    return _Joined(source.rest())


def _jpeg(source: _Source) -> Iterator[bytes]:
    yield source.take(2)
    while marker := source.take(2):
        if len(marker) < 2 or marker[0] != 0xFF:
            yield marker  # broken: keep what is there, the picture is refused or shown as it is
            yield from source.rest()
            return
        while marker[1] == 0xFF and source.fill(1):
            marker = b"\xff" + source.take(1)
        code = marker[1]
        if code == _EOI:
            yield marker  # what follows the end is hidden from viewers: previews with their own data
            return
        if code in _LONELY:
            yield marker
            continue
        size = source.take(2)
        body = source.take(max(0, int.from_bytes(size, "big") - 2))
        yield from _segment(code, marker + size, body)
        if code == _SOS:
            yield from _scan(source)


def _segment(code: int, head: bytes, body: bytes) -> Iterator[bytes]:
    if code == _APP1:
        turned = _orientation(body)
        if turned:
            yield _turning(turned)
    elif not _says_only_how_it_was_made(code, body):
        yield head + body


def _says_only_how_it_was_made(code: int, body: bytes) -> bool:
    if code == _APP2:
        return not body.startswith(b"ICC_PROFILE\0")
    return code == _COMMENT or (_APP2 < code <= _APP15 and code not in _KEPT_APPS)


def _scan(source: _Source) -> Iterator[bytes]:
    """Copy entropy-coded data up to the next real marker."""
    start = 0
    while True:
        place = source.buffer.find(b"\xff", start)
        if place >= 0 and place + 1 < len(source.buffer):
            following = source.buffer[place + 1]
            if following == 0 or 0xD0 <= following <= 0xD7:
                start = place + 2
                continue
            yield source.take(place)
            return
        keep = 1 if place >= 0 else 0
        if len(source.buffer) > keep:
            yield source.take(len(source.buffer) - keep)
        start = 0
        if not source.fill(keep + 1):
            yield from source.rest()
            return


def _orientation(body: bytes) -> int:
    """Return how a photograph is to be turned (2 to 8), or 0."""
    if not body.startswith(b"Exif\0\0"):
        return 0
    tiff = body[6:]
    order = {b"II": "little", b"MM": "big"}.get(tiff[:2])
    if order is None:
        return 0

    def number(place: int, size: int) -> int:
        return int.from_bytes(tiff[place : place + size], order)  # type: ignore[arg-type]

    first = number(4, 4)
    for index in range(min(number(first, 2), 200)):
        entry = first + 2 + 12 * index
        if number(entry, 2) == 0x0112:
            value = number(entry + 8, 2)
            return value if 2 <= value <= 8 else 0
    return 0


def _turning(orientation: int) -> bytes:
    """Return an EXIF segment that says nothing but the orientation."""
    entry = (0x0112).to_bytes(2, "big") + (3).to_bytes(2, "big") + (1).to_bytes(4, "big")
    entry += orientation.to_bytes(2, "big") + bytes(2)
    tiff = b"MM\0*" + (8).to_bytes(4, "big") + (1).to_bytes(2, "big") + entry + bytes(4)
    body = b"Exif\0\0" + tiff
    return b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body


def _png(source: _Source) -> Iterator[bytes]:
    yield source.take(8)
    while len(head := source.take(8)) == 8:
        left = int.from_bytes(head[:4], "big") + 4  # the data and its checksum
        dropped = head[4:] in _PNG_DROPPED
        if not dropped:
            yield head
        while left and (piece := source.take(min(left, _PIECE))):
            left -= len(piece)
            if not dropped:
                yield piece
        if head[4:] == b"IEND":
            return
    yield head

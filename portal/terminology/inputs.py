"""Opens what publishers hand out: plain, .zst, .gz, .zip, .tar and folders, read without unpacking.

Nothing is written to disk, so a member name such as ``../../etc`` has nowhere to go. The unpacked
size is bounded.
"""

import gzip
import io
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO, cast

import zstandard

from portal.terminology.errors import LoadError

MAX_WINDOW = 2**31
MAX_UNPACKED = 12 * 1024**3
_BOM = b"\xef\xbb\xbf"
_DAMAGE = (zstandard.ZstdError, EOFError, OSError, zipfile.BadZipFile, tarfile.TarError, zlib.error)


class InputFile:
    """One file of a release: its bare name (without compression ending) and its bytes, once."""

    def __init__(self, name: str, stream: BinaryIO) -> None:
        self.path = name
        self.name = PurePosixPath(name.replace("\\", "/")).name
        self._stream = stream

    def binary(self) -> BinaryIO:
        """Return the bytes from the start, without a UTF-8 byte order mark."""
        return cast("BinaryIO", io.BufferedReader(_Counted(self._stream, self.name), 1 << 18))

    def content(self) -> bytes:
        """Return all bytes."""
        return self.binary().read()

    def lines(self, encoding: str = "utf-8") -> Iterator[tuple[int, str]]:
        """Yield (line number from 1, text without line ending); bad bytes name their line."""
        for number, raw in enumerate(self.binary(), start=1):
            try:
                yield number, raw.decode(encoding).rstrip("\r\n")
            except UnicodeDecodeError as error:
                raise LoadError(
                    f"this line is not {encoding} text (byte {error.start + 1} of the line)",
                    file=self.name,
                    line=number,
                    hint="Was the file saved by a spreadsheet? Save it again as UTF-8.",
                ) from error


class _Counted(io.RawIOBase):
    """Passes bytes on, drops a leading byte order mark, stops a decompression bomb."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self._stream = stream
        self._name = name
        self._seen = 0
        self._head: bytes | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        try:
            if self._head is None:
                self._head = self._stream.read(3).removeprefix(_BOM)
            data = self._head or self._stream.read(len(buffer))
        except _DAMAGE as error:
            raise LoadError(
                f"the compressed data is damaged or cut short ({error})", file=self._name
            ) from error
        self._head = b""
        if len(data) > len(buffer):
            self._head, data = data[len(buffer) :], data[: len(buffer)]
        self._seen += len(data)
        if self._seen > MAX_UNPACKED:
            raise LoadError(f"unpacks to more than {MAX_UNPACKED >> 30} GiB", file=self._name)
        buffer[: len(data)] = data
        return len(data)


class _Zstandard(io.RawIOBase):
    """Unpacks zstd frames and, unlike the library's own reader, notices an unfinished one."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._library = zstandard.ZstdDecompressor(max_window_size=MAX_WINDOW)
        self._frame = self._library.decompressobj()
        self._fed = False
        self._ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        while not self._ready:
            rest = self._frame.unused_data if self._frame.eof else b""
            data = rest or self._stream.read(1 << 17)
            if not data:
                if self._fed and not self._frame.eof:
                    raise EOFError("the last frame is not complete")
                return 0
            if self._frame.eof:
                self._frame = self._library.decompressobj()
            self._fed = True
            self._ready = self._frame.decompress(data)
        size = min(len(buffer), len(self._ready))
        buffer[:size], self._ready = self._ready[:size], self._ready[size:]
        return size


def open_inputs(paths: list[Path]) -> Iterator[InputFile]:
    """Yield every file in ``paths``: files, folders (recursively) and archives, one after another.

    Each InputFile must be read before the next is asked for: archives are read as a stream.
    """
    for path in paths:
        if not path.exists():
            raise LoadError("there is no such file or folder", file=str(path))
        if path.is_dir():
            yield from open_inputs(sorted(part for part in path.rglob("*") if part.is_file()))
        else:
            with path.open("rb") as stream:
                yield from _unwrap(path.name, stream)


def _unwrap(name: str, stream: BinaryIO) -> Iterator[InputFile]:
    lower = name.lower()
    try:
        if lower.endswith((".zst", ".zstd")):
            reader = io.BufferedReader(_Zstandard(stream), 1 << 17)
            yield from _unwrap(name.rsplit(".", 1)[0], cast("BinaryIO", reader))
        elif lower.endswith(".tgz"):
            yield from _unwrap(name[:-4] + ".tar", cast("BinaryIO", gzip.GzipFile(fileobj=stream)))
        elif lower.endswith(".gz"):
            yield from _unwrap(name[:-3], cast("BinaryIO", gzip.GzipFile(fileobj=stream)))
        elif lower.endswith(".tar"):
            yield from _tar(stream)
        elif lower.endswith(".zip"):
            yield from _zip(stream)
        else:
            yield InputFile(name, stream)
    except _DAMAGE as error:
        raise LoadError(f"the archive is damaged or cut short ({error})", file=name) from error


def _tar(stream: BinaryIO) -> Iterator[InputFile]:
    with tarfile.open(fileobj=cast("IO[bytes]", stream), mode="r|") as archive:
        for member in archive:
            data = archive.extractfile(member) if member.isfile() else None
            if data is not None:
                yield from _unwrap(member.name, cast("BinaryIO", data))


def _zip(stream: BinaryIO) -> Iterator[InputFile]:
    seekable = stream if stream.seekable() else io.BytesIO(stream.read())
    with zipfile.ZipFile(seekable) as archive:
        for info in archive.infolist():
            if not info.is_dir():
                with archive.open(info) as data:
                    yield from _unwrap(info.filename, cast("BinaryIO", data))


def matches(name: str, patterns: tuple[str, ...]) -> bool:
    """Say whether a file name fits one of the patterns (upper and lower case alike)."""
    lower = name.lower()
    return any(fnmatch(lower, pattern.lower()) for pattern in patterns)

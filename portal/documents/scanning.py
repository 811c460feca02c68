"""Ask a virus scanner: ClamAV's daemon over its INSTREAM protocol, when the settings name one.

Fail closed: a file that could not be scanned is held back, never passed on as clean.
"""

import socket
from collections.abc import Iterator
from dataclasses import dataclass

from portal.kernel.errors import DefinitionError, Issue

UNSCANNED = "it could not be scanned for viruses"
CONNECT_SECONDS, ANSWER_SECONDS = 5, 120
_PIECE = 512 * 1024
_LONGEST_ANSWER = 4096

_address: list[str] = [""]


@dataclass(frozen=True)
class ScanVerdict:
    """``found`` names what the scanner found; ``answered`` is false when it gave no verdict."""

    found: str = ""
    answered: bool = True


CLEAN = ScanVerdict()
NO_VERDICT = ScanVerdict(answered=False)


def configure(address: str) -> None:
    """Take over the setting: ``tcp://host:port``, ``unix:/path`` or nothing."""
    if address and not address.startswith(("tcp://", "unix:/")):
        message = f"expected tcp://host:port or unix:/path, found '{address}'"
        raise DefinitionError([Issue(message, file="environment", key="PORTAL_VIRUS_SCANNER")])
    _address[:] = [address]


def is_configured() -> bool:
    """Return whether files are scanned at all."""
    return bool(_address[0])


def scan(pieces: Iterator[bytes]) -> ScanVerdict:
    """Return the scanner's verdict on a file; clean when there is no scanner."""
    if not is_configured():
        return CLEAN
    try:
        with _connection() as connection:
            answer = _ask(connection, pieces)
    except OSError:
        return NO_VERDICT
    return _verdict(answer)


def _connection() -> socket.socket:
    address = _address[0]
    if address.startswith("unix:"):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(CONNECT_SECONDS)
        connection.connect(address.removeprefix("unix:"))
    else:
        host, _, port = address.removeprefix("tcp://").rpartition(":")
        connection = socket.create_connection((host, int(port)), timeout=CONNECT_SECONDS)
    connection.settimeout(ANSWER_SECONDS)
    return connection


def _ask(connection: socket.socket, pieces: Iterator[bytes]) -> str:
    connection.sendall(b"zINSTREAM\0")
    for piece in pieces:
        for start in range(0, len(piece), _PIECE):
            part = piece[start : start + _PIECE]
            connection.sendall(len(part).to_bytes(4, "big") + part)
    connection.sendall(bytes(4))
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < _LONGEST_ANSWER:
        received = connection.recv(_LONGEST_ANSWER)
        if not received:
            break
        answer += received
    return answer.decode("utf-8", "replace").rstrip("\0\n")


def _verdict(answer: str) -> ScanVerdict:
    """``stream: OK``, ``stream: Name FOUND``, or a complaint such as a size limit."""
    words = answer.removeprefix("stream: ")
    if words == "OK":
        return CLEAN
    if words.endswith(" FOUND"):
        return ScanVerdict(found=words.removesuffix(" FOUND")[:100])
    return NO_VERDICT

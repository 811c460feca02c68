"""The virus scanner: what it finds is refused; when it gives no verdict, files wait for it."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from portal.access.actor import system
from portal.documents import jobs, queries, scanning
from portal.documents.errors import DocumentRefusedError
from portal.documents.service import Received
from portal.kernel.errors import DefinitionError
from tests.unit.documents import samples

Attach = Callable[..., Received]
Actors = Callable[[str], Any]
# The test text of the anti-virus makers, taken apart so that this file is none.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Daemon(socketserver.BaseRequestHandler):
    """Speaks ClamAV's INSTREAM and knows one signature."""

    largest = 10_000_000

    def handle(self) -> None:
        assert self._take(10) == b"zINSTREAM\0"
        received = b""
        while size := int.from_bytes(self._take(4), "big"):
            received += self._take(size)
            if len(received) > self.largest:
                self.request.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                return
        found = b"Eicar-Test-Signature FOUND" if EICAR in received else b"OK"
        self.request.sendall(b"stream: " + found + b"\0")

    def _take(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            piece = self.request.recv(size - len(data))
            if not piece:
                return data
            data += piece
        return data


@pytest.fixture
def scanner() -> Iterator[str]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Daemon) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        address = f"tcp://127.0.0.1:{server.server_address[1]}"
        scanning.configure(address)
        yield address
        scanning.configure("")
        server.shutdown()
        thread.join()


@pytest.fixture
def away() -> Iterator[None]:
    scanning.configure("tcp://127.0.0.1:9")
    yield
    scanning.configure("")


def test_an_infected_file_is_refused_and_a_clean_one_kept(
    scanner: str, attach: Attach, patient: str, actor_of: Actors
) -> None:
    with pytest.raises(DocumentRefusedError, match="found Eicar-Test-Signature"):
        attach("harmless.txt", b"text before " + EICAR)
    received = attach("letter.pdf", samples.pdf())
    assert received.concerns == ()
    assert [row.name for row in queries.for_patient(actor_of("enroller"), patient)] == [
        "letter.pdf"
    ]


def test_a_large_file_reaches_the_scanner_whole(scanner: str, attach: Attach) -> None:
    with pytest.raises(DocumentRefusedError):
        attach("large.txt", b"line of text\n" * 250_000 + EICAR)


def test_without_a_verdict_a_file_waits_and_is_judged_later(
    away: None, attach: Attach, actor_of: Actors
) -> None:
    clean = attach("letter.pdf", samples.pdf())
    image = attach("ct.dcm", samples.dicom(PatientName="X^Y"))
    infected = attach("infected.txt", b"text " + EICAR)
    assert clean.concerns == (scanning.UNSCANNED,)
    assert jobs.rescan(system("documents")) == 0, "still away"

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Daemon) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        scanning.configure(f"tcp://127.0.0.1:{server.server_address[1]}")
        assert jobs.rescan(system("documents")) == 3
        server.shutdown()

    actor = actor_of("enroller")
    assert not queries.document(actor, clean.id).held
    assert queries.document(actor, image.id).held, "something else holds it"
    assert queries.document(actor, image.id).concerns == "its header names the patient"
    assert "Eicar" in queries.document(actor, infected.id).withdrawn_reason


def test_a_file_past_the_scanners_own_limit_has_no_verdict(
    scanner: str, attach: Attach, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Daemon, "largest", 100)
    assert attach("letter.txt", b"text " * 100).concerns == (scanning.UNSCANNED,)


def test_a_scanner_may_listen_on_a_file(tmp_path: Path) -> None:
    path = tmp_path / "clamd"
    with socketserver.ThreadingUnixStreamServer(str(path), Daemon) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        scanning.configure(f"unix:{path}")
        try:
            assert scanning.scan(iter([b"clean"])) == scanning.CLEAN
            assert scanning.scan(iter([EICAR[:20], EICAR[20:]])).found == "Eicar-Test-Signature"
        finally:
            scanning.configure("")
            server.shutdown()
            thread.join()


def test_a_wrong_setting_is_said_at_start() -> None:
    with pytest.raises(DefinitionError, match="expected tcp://host:port"):
        scanning.configure("clamav")

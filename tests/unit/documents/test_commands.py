"""The commands: a file is judged as an upload would be; the store is verified."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from portal.access.actor import system
from portal.documents import cli, verifying
from portal.documents.models import Document
from portal.documents.service import Received
from portal.kernel import blobs, db
from portal.kernel.blobs import FolderStore
from portal.kernel.errors import ForbiddenError
from tests.unit.documents import samples

Attach = Callable[..., Received]


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli.documents, ["check", *arguments])
    return done.exit_code, done.output


@pytest.mark.parametrize(
    ("name", "data", "code", "words"),
    [
        ("letter.pdf", samples.pdf(), 0, "accepted as pdf"),
        ("ct.dcm", samples.dicom(PatientName="X^Y"), 3, "held back, because its header names"),
        ("letter.pdf", samples.picture("PNG"), 1, "refused. The name says PDF document"),
        ("tool.exe", b"MZ", 1, "Files of the kind .exe"),
    ],
)
def test_a_file_is_judged_without_being_stored(
    tmp_path: Path, name: str, data: bytes, code: int, words: str
) -> None:
    file = tmp_path / name
    file.write_bytes(data)
    exit_code, text = run(str(file))
    assert exit_code == code
    assert words in text
    exit_code, text = run(str(file), "--json")
    assert exit_code == code
    assert json.loads(text)["accepted"] is (code != 1)


def test_the_command_says_what_cleaning_takes_away(tmp_path: Path) -> None:
    file = tmp_path / "photo.jpg"
    file.write_bytes(samples.picture("JPEG", comment=b"x" * 500))
    _, text = run(str(file), "--json")
    found = json.loads(text)
    assert found["kept_size"] <= found["size"] - 500


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    exit_code, text = run(str(tmp_path / "nothing.pdf"))
    assert exit_code == 2
    assert "does not exist" in text


def test_the_store_is_verified(attach: Attach, app: Flask) -> None:
    sound, damaged, missing = (
        attach(f"{name}.txt", f"the {name} one".encode())
        for name in ("sound", "damaged", "missing")
    )
    store = blobs.store()
    assert isinstance(store, FolderStore)
    before = verifying.verify_store(system("storage"))
    assert before.faults == []
    assert before.sound == 3
    keys = {one.id: db.session.get_one(Document, one.id).blob for one in (damaged, missing)}
    path = store.root / keys[damaged.id][:2] / keys[damaged.id]
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    store.delete(keys[missing.id])

    report = verifying.verify_store(system("storage"))

    assert report.sound == 1
    texts = {one.document_id: one.text for one in report.faults}
    assert "altered" in texts[damaged.id]
    assert "missing" in texts[missing.id]
    assert sound.id not in texts
    assert json.dumps(report.as_json())


def test_verifying_is_for_operators(attach: Attach, actor_of: Callable[[str], object]) -> None:
    with pytest.raises(ForbiddenError):
        verifying.verify_store(actor_of("enroller"))  # type: ignore[arg-type]

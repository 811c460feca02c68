"""The vault's keys: rotated in batches that may be interrupted; a wrong or missing key is named."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select, text

from portal.kernel import crypto, db
from portal.kernel.crypto import DecryptionError, KeyRing, derive_key
from portal.patients import queries, service
from portal.patients.cli import vault as commands
from portal.patients.models import PatientIdentity
from portal.patients.service import erasure
from portal.patients.vault import Identity

NEW = derive_key("a new secret", "vault")


@pytest.fixture
def patients(actor_of: Any, command: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Three patients; the rotation takes two at a time."""
    monkeypatch.setattr(erasure, "BATCH", 2)
    return [
        service.enrol(
            actor_of("enroller"),
            command(identity=Identity("Ann", f"Person {n}", date(1980, 1, n + 1), "", f"N-{n}")),
        )
        for n in range(3)
    ]


@pytest.fixture
def old(whole_app: Any) -> Iterator[KeyRing]:
    """The ring as it was; put back afterwards."""
    del whole_app
    ring = crypto.ring()
    yield ring
    crypto.configure(ring)


def _both(old: KeyRing) -> KeyRing:
    return replace(old, keys={"2026": NEW, **old.keys}, active="2026")


def _keys_used() -> set[str]:
    db.session.expire_all()
    return {
        row.family_name.partition(":")[0] for row in db.session.scalars(select(PatientIdentity))
    }


def test_rotation_goes_on_where_it_was_stopped(patients, old, app, monkeypatch, actor_of):
    monkeypatch.setattr("portal.patients.cli.application", lambda: app)
    crypto.configure(_both(old))
    done, _ = service.rotate_vault(erasure.system("vault"))
    assert done == 2
    assert _keys_used() == {old.active, "2026"}
    for n, patient in enumerate(patients):  # both keys open meanwhile
        assert queries.identity(actor_of("enroller"), patient).family_name == f"Person {n}"
    result = CliRunner().invoke(commands, ["rotate"])
    assert "1 identities encrypted anew" in result.output
    assert "stopping is safe" in result.output
    crypto.configure(replace(old, keys={"2026": NEW}, active="2026"))  # the old key is gone
    assert queries.identity(actor_of("enroller"), patients[2]).family_name == "Person 2"
    assert CliRunner().invoke(commands, ["rotate"]).output.endswith("0 identities encrypted anew\n")


def test_exact_search_finds_after_the_rotation_and_tells_nothing(patients, old, world, actor_of):
    crypto.configure(_both(old))
    service.rotate_vault(erasure.system("vault"))
    rows = queries.find_exactly(actor_of("enroller"), world.centres["utrecht"], "n-0")
    assert [row.id for row in rows] == [patients[0]]
    crypto.configure(replace(_both(old), index_key=derive_key("another", "index")))
    assert queries.find_exactly(actor_of("enroller"), world.centres["utrecht"], "n-0") == []


def test_a_missing_and_a_wrong_key_are_named(patients, old, actor_of):
    crypto.configure(replace(old, keys={"2026": NEW}, active="2026"))
    with pytest.raises(
        DecryptionError, match=f"'{old.active}', which is not here. Keys here: 2026"
    ):
        queries.identity(actor_of("enroller"), patients[0])
    crypto.configure(replace(old, keys={old.active: NEW}))
    with pytest.raises(DecryptionError, match="is another than the one") as error:
        queries.identity(actor_of("enroller"), patients[0])
    assert "PORTAL_VAULT_KEYS" in error.value.hint


def test_a_value_moved_to_another_row_does_not_open(patients, actor_of):
    db.session.execute(
        text(
            "UPDATE patient_identity SET family_name = (SELECT family_name FROM patient_identity "
            "WHERE patient_id = :one) WHERE patient_id = :two"
        ),
        {"one": patients[0], "two": patients[1]},
    )
    db.session.commit()
    db.session.expire_all()
    with pytest.raises(DecryptionError, match="altered or moved"):
        queries.identity(actor_of("enroller"), patients[1])


def test_no_key_lies_in_the_database(patients, old):
    secrets = [key.hex() for key in (*old.keys.values(), old.index_key)]
    for table in db.metadata().sorted_tables:
        for row in db.session.execute(select(table)):
            assert not any(secret in repr(tuple(row)) for secret in secrets), table.name

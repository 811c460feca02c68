"""Bytes at rest are encrypted, and every change to them is noticed."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.kernel import blobs
from portal.kernel.blobs import BlobDamagedError, FolderStore, Sealer
from portal.kernel.blobs.sealing import CHUNK, HEADER
from portal.kernel.errors import PortalError
from portal.settings import load

LIMIT = 8 * CHUNK


def file_of(folder: FolderStore, key: str) -> Path:
    return folder.root / key[:2] / key


@pytest.fixture
def folder(tmp_path: Path, sealer: Sealer) -> FolderStore:
    return FolderStore(tmp_path / "blobs", sealer)


def test_the_content_is_not_readable_on_disk(folder: FolderStore) -> None:
    ref = folder.put(io.BytesIO(b"Duchenne " * 100), size_limit=LIMIT)

    stored = file_of(folder, ref.key).read_bytes()
    assert b"Duchenne" not in stored
    assert len(stored) == HEADER + 900 + 16


@pytest.mark.parametrize("position", [0, 10, 40, HEADER, HEADER + CHUNK, HEADER + CHUNK + 300])
def test_one_changed_byte_is_noticed(folder: FolderStore, position: int) -> None:
    ref = folder.put(io.BytesIO(b"x" * (CHUNK + 2000)), size_limit=LIMIT)
    path = file_of(folder, ref.key)
    data = bytearray(path.read_bytes())
    data[position] ^= 1
    path.write_bytes(data)

    with pytest.raises(BlobDamagedError):
        b"".join(folder.open(ref.key))


@pytest.mark.parametrize("cut", [1, 16, 17, CHUNK + 16, CHUNK + 200])
def test_a_file_that_was_cut_short_is_noticed(folder: FolderStore, cut: int) -> None:
    ref = folder.put(io.BytesIO(b"x" * (CHUNK + 100)), size_limit=LIMIT)
    path = file_of(folder, ref.key)
    path.write_bytes(path.read_bytes()[:-cut])

    with pytest.raises(BlobDamagedError):
        b"".join(folder.open(ref.key))


def test_a_genuine_file_in_the_place_of_another_is_noticed(folder: FolderStore) -> None:
    mine = folder.put(io.BytesIO(b"mine"), size_limit=LIMIT)
    other = folder.put(io.BytesIO(b"other"), size_limit=LIMIT)
    file_of(folder, other.key).replace(file_of(folder, mine.key))

    with pytest.raises(BlobDamagedError, match="not the one"):
        b"".join(folder.open(mine.key))


def test_a_second_upload_mends_a_damaged_file(folder: FolderStore) -> None:
    ref = folder.put(io.BytesIO(b"mend me"), size_limit=LIMIT)
    file_of(folder, ref.key).write_bytes(b"garbage")

    folder.put(io.BytesIO(b"mend me"), size_limit=LIMIT)

    assert b"".join(folder.open(ref.key)) == b"mend me"


def test_an_older_key_still_opens_and_a_missing_key_is_named(
    tmp_path: Path, sealer: Sealer
) -> None:
    old = FolderStore(tmp_path, Sealer(sealer.keys, "old", sealer.naming))
    ref = old.put(io.BytesIO(b"sealed last year"), size_limit=LIMIT)

    assert b"".join(FolderStore(tmp_path, sealer).open(ref.key)) == b"sealed last year"
    without = FolderStore(tmp_path, Sealer({"new": sealer.keys["new"]}, "new", sealer.naming))
    with pytest.raises(BlobDamagedError, match="'old'"):
        b"".join(without.open(ref.key))


def test_a_crash_leaves_only_what_the_sweep_removes(folder: FolderStore) -> None:
    (folder.incoming / "half").write_bytes(b"half a file")

    assert list(folder.entries()) == []
    assert folder.sweep(older_than_seconds=3600) == 0
    assert folder.sweep(older_than_seconds=-1) == 1


@settings(max_examples=40, deadline=None)
@given(
    size=st.integers(0, 3 * CHUNK),
    offset=st.integers(0, 3 * CHUNK + 5),
    length=st.none() | st.integers(0, 3 * CHUNK),
)
def test_any_range_equals_the_slice(
    tmp_path_factory: pytest.TempPathFactory, size: int, offset: int, length: int | None
) -> None:
    keys = Sealer({"k": b"k" * 32}, "k", b"i" * 32)
    store = FolderStore(tmp_path_factory.mktemp("ranges"), keys)
    data = bytes(i % 251 for i in range(1000)) * (size // 1000 + 1)
    data = data[:size]
    ref = store.put(io.BytesIO(data), size_limit=LIMIT)

    end = size if length is None else offset + length
    assert b"".join(store.open(ref.key, offset, length)) == data[offset:end]


@pytest.fixture
def chosen_store() -> Iterator[None]:
    """Put back the store that was chosen before: other tests of this process use it."""
    before = list(blobs._store)
    yield
    blobs._store[:] = before


@pytest.mark.usefixtures("chosen_store")
def test_the_settings_choose_the_store(tmp_path: Path, azure_connection: str) -> None:
    folder = blobs.configure(load({}, DATA_DIR=str(tmp_path)))
    ref = folder.put(io.BytesIO(b"x"), size_limit=10)
    assert isinstance(folder, FolderStore)
    assert blobs.answers()

    azure = blobs.configure(
        load(
            {},
            DATA_DIR=str(tmp_path),
            BLOB_STORE="azure",
            AZURE_CONNECTION_STRING=azure_connection,
            AZURE_CONTAINER="chosen",
        )
    )
    assert blobs.answers()
    assert azure.put(io.BytesIO(b"x"), size_limit=10) == ref
    azure.close()
    with pytest.raises(PortalError, match="connection string"):
        blobs.configure(load({}, DATA_DIR=str(tmp_path), BLOB_STORE="azure"))


def test_an_emulator_that_is_away_is_not_ready(tmp_path: Path) -> None:
    away = (
        "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;"
        "BlobEndpoint=http://127.0.0.1:9/a;"
    )
    store = blobs.AzureStore(
        away, "nowhere", Sealer({"k": b"k" * 32}, "k", b"i" * 32), spool=tmp_path
    )
    assert not store.answers()
    store.close()

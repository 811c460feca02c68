"""What every blob store promises; runs against the folder and against Azure's emulator."""

import hashlib
import io
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from portal.kernel.blobs import BlobMissingError, BlobStore, BlobTooLargeError

MIB = 1024 * 1024
LIMIT = 16 * MIB


def content(size: int) -> bytes:
    return (b"rare disease " * (size // 13 + 1))[:size]


def read(store: BlobStore, key: str, offset: int = 0, length: int | None = None) -> bytes:
    return b"".join(store.open(key, offset, length))


class Trickle(io.RawIOBase):
    """A stream that gives little at a time, as a socket does."""

    def __init__(self, data: bytes) -> None:
        self.data = io.BytesIO(data)

    def read(self, size: int = -1) -> bytes:
        return self.data.read(min(size, 70_001))


@pytest.mark.parametrize("size", [0, 1, 5000, MIB - 1, MIB, MIB + 1, 5 * MIB + 17])
def test_what_was_put_comes_back(store: BlobStore, size: int) -> None:
    data = content(size)

    ref = store.put(Trickle(data), size_limit=LIMIT)

    assert (ref.size, ref.sha256) == (size, hashlib.sha256(data).hexdigest())
    assert read(store, ref.key) == data
    assert store.size(ref.key) == size
    assert store.exists(ref.key)


@pytest.mark.parametrize(
    ("offset", "length"),
    [
        (0, 1),
        (0, 0),
        (10, 20),
        (MIB - 3, 6),
        (MIB, MIB),
        (2 * MIB + 5, 1),
        (2 * MIB + 5, None),
        (5 * MIB, 9),
    ],
)
def test_a_range_is_the_same_bytes(store: BlobStore, offset: int, length: int | None) -> None:
    data = content(2 * MIB + 100)
    ref = store.put(io.BytesIO(data), size_limit=LIMIT)

    end = len(data) if length is None else offset + length
    assert read(store, ref.key, offset, length) == data[offset:end]


def test_equal_content_is_kept_once_and_its_name_does_not_tell_what_it_is(store: BlobStore) -> None:
    first = store.put(io.BytesIO(b"the same"), size_limit=LIMIT)
    second = store.put(io.BytesIO(b"the same"), size_limit=LIMIT)
    other = store.put(io.BytesIO(b"something else"), size_limit=LIMIT)

    assert first == second
    assert first.key != other.key
    assert first.key != first.sha256
    assert {key for key, _ in store.entries()} == {first.key, other.key}


def test_a_stream_past_the_limit_is_refused_and_leaves_nothing(store: BlobStore) -> None:
    with pytest.raises(BlobTooLargeError, match="larger than 2 MB"):
        store.put(io.BytesIO(content(2 * MIB + 1)), size_limit=2 * MIB)

    assert list(store.entries()) == []
    assert store.put(io.BytesIO(content(2 * MIB)), size_limit=2 * MIB).size == 2 * MIB


def test_a_stream_that_breaks_leaves_nothing(store: BlobStore) -> None:
    class Broken(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            raise ConnectionResetError("the browser went away")

    with pytest.raises(ConnectionResetError):
        store.put(Broken(), size_limit=LIMIT)

    assert list(store.entries()) == []


def test_deleted_bytes_are_gone_and_deleting_again_is_quiet(store: BlobStore) -> None:
    ref = store.put(io.BytesIO(b"short-lived"), size_limit=LIMIT)
    store.delete(ref.key)
    store.delete(ref.key)

    assert not store.exists(ref.key)
    with pytest.raises(BlobMissingError):
        store.open(ref.key)
    with pytest.raises(BlobMissingError):
        store.size(ref.key)


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "a" * 63, "A" * 64, "é" * 64, "0" * 64])
def test_a_key_that_is_none_finds_nothing(store: BlobStore, key: str) -> None:
    assert not store.exists(key)
    store.delete(key)
    with pytest.raises(BlobMissingError):
        store.size(key)
    with pytest.raises(BlobMissingError):
        store.open(key)


def test_many_uploads_of_one_file_at_once_agree(store: BlobStore) -> None:
    data = content(MIB + 5)
    with ThreadPoolExecutor(4) as pool:
        refs = list(pool.map(lambda _: store.put(io.BytesIO(data), size_limit=LIMIT), range(8)))

    assert len(set(refs)) == 1
    assert read(store, refs[0].key) == data


def test_readiness(store: BlobStore) -> None:
    assert store.answers()


def test_putting_again_renews_the_time_by_which_the_sweep_judges(store: BlobStore) -> None:
    ref = store.put(io.BytesIO(b"seldom"), size_limit=LIMIT)
    before = dict(store.entries())[ref.key]
    assert before.tzinfo is not None
    time.sleep(1.1)  # Azure's times are whole seconds

    store.put(io.BytesIO(b"seldom"), size_limit=LIMIT)

    assert dict(store.entries())[ref.key] > before

"""Field encryption: bound to its place, rotated by key id, searched by a blind index."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.crypto import DecryptionError, KeyRing, derive_key

OLD, NEW = derive_key("old", "vault"), derive_key("new", "vault")
RING = KeyRing({"old": OLD}, "old", derive_key("i", "index"))


@given(st.text(), st.text(min_size=1))
def test_text_comes_back_and_never_twice_the_same_ciphertext(text: str, place: str) -> None:
    token = RING.encrypt(text, place)
    assert RING.decrypt(token, place) == text
    assert token != RING.encrypt(text, place)


def test_a_ciphertext_moved_to_another_row_is_refused() -> None:
    token = RING.encrypt("Παπαδόπουλος", "identity:family_name:1")
    with pytest.raises(DecryptionError, match="altered or moved"):
        RING.decrypt(token, "identity:family_name:2")


def test_an_altered_ciphertext_is_refused() -> None:
    token = RING.encrypt("Иванова", "a:b:1")
    flipped = token[:-6] + ("A" if token[-6] != "A" else "B") + token[-5:]
    with pytest.raises(DecryptionError):
        RING.decrypt(flipped, "a:b:1")


def test_rotation_reads_the_old_key_and_writes_the_new() -> None:
    both = KeyRing({"new": NEW, "old": OLD}, "new", RING.index_key)
    token = RING.encrypt("Smit", "a:b:1")
    assert both.decrypt(token, "a:b:1") == "Smit"
    assert both.needs_rotation(token)
    assert not both.needs_rotation(both.encrypt("Smit", "a:b:1"))
    with pytest.raises(DecryptionError, match="key 'new', which is not here. Keys here: old"):
        RING.decrypt(both.encrypt("Smit", "a:b:1"), "a:b:1")


def test_the_blind_index_ignores_case_accents_and_spaces_but_not_the_field() -> None:
    assert RING.blind_index("  Dé Vries", "name") == RING.blind_index("devries", "name")
    assert RING.blind_index("de vries", "name") != RING.blind_index("de vries", "number")
    assert RING.blind_index("de vries", "name") != RING.blind_index("de vrijs", "name")

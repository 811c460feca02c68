"""Pictures lose what they say about their making, and not one pixel."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from portal.documents.cleaning import cleaned
from tests.unit.documents import samples


def clean(data: bytes, piece: int = 777) -> bytes:
    class Slow(io.RawIOBase):
        source = io.BytesIO(data)

        def read(self, size: int = -1) -> bytes:
            return self.source.read(piece if size < 0 else min(size, piece))

    stream = cleaned(Slow())
    return b"".join(iter(lambda: stream.read(500), b""))


def pixels(data: bytes) -> bytes:
    return Image.open(io.BytesIO(data)).convert("RGB").tobytes()


def photograph(orientation: int = 1, *, progressive: bool = False) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "SecretCamera"
    exif[0x9003] = "2026:01:02 03:04:05"
    target = io.BytesIO()
    Image.effect_noise((120, 80), 90).convert("RGB").save(
        target, "JPEG", exif=exif, comment=b"Jan Jansen", progressive=progressive, icc_profile=b"profile" * 40
    )  # fmt: skip
    return target.getvalue()


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("piece", [1, 777, 100_000])
def test_a_photograph_keeps_its_pixels_profile_and_turn_and_loses_the_rest(
    piece: int, *, progressive: bool
) -> None:
    data = photograph(6, progressive=progressive)
    assert b"SecretCamera" in data

    result = clean(data, piece)

    assert pixels(result) == pixels(data)
    for told in (b"SecretCamera", b"Jan Jansen", b"2026:01:02"):
        assert told not in result
    picture = Image.open(io.BytesIO(result))
    assert dict(picture.getexif()) == {0x0112: 6}
    assert picture.info["icc_profile"] == b"profile" * 40


def test_a_photograph_that_is_upright_has_no_exif_left() -> None:
    assert b"Exif" not in clean(photograph(1))


def test_what_hangs_behind_a_photograph_is_cut_off() -> None:
    data = photograph()
    assert clean(data + b"PK\x03\x04 hidden archive") == clean(data)


def test_a_png_keeps_its_pixels_and_loses_its_texts() -> None:
    info = PngInfo()
    info.add_text("Author", "Jan Jansen")
    info.add_itxt("Comment", "born 1984", zip=True)
    target = io.BytesIO()
    Image.effect_noise((60, 40), 90).convert("RGB").save(
        target, "PNG", pnginfo=info, dpi=(300, 300)
    )
    data = target.getvalue()

    result = clean(data + b"tail")

    assert pixels(result) == pixels(data)
    assert b"Jansen" not in result
    assert b"iTXt" not in result
    assert not result.endswith(b"tail")
    assert Image.open(io.BytesIO(result)).info["dpi"][0] == pytest.approx(300, abs=1)


def test_the_preamble_of_dicom_is_emptied() -> None:
    data = b"MZ" + samples.dicom()[2:]
    result = clean(data)
    assert result[:128] == bytes(128)
    assert result[128:] == data[128:]


@pytest.mark.parametrize("name", ["a.pdf", "a.docx", "a.wav", "a.txt", "a.pcm", "a.tiff"])
def test_other_files_pass_unchanged(name: str) -> None:
    data = samples.honest()[name]
    assert clean(data) == data


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.integers(2, 600), st.sampled_from(["JPEG", "PNG"]))
def test_broken_pictures_pass_without_a_fault(noise: bytes, cut: int, kind: str) -> None:
    data = samples.picture(kind)[:cut] + noise
    assert isinstance(clean(data), bytes)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=5000), st.integers(1, 3000))
def test_what_is_no_picture_is_never_changed(data: bytes, piece: int) -> None:
    if not data.startswith((b"\xff\xd8\xff", b"\x89PNG")) and data[128:132] != b"DICM":
        assert clean(data, piece) == data

"""What a file is, by content; what is refused; what is held back."""

import io
import struct
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.documents import formats
from portal.documents.checking import check
from portal.documents.errors import DocumentRefusedError
from portal.documents.sniffing import sniff
from tests.unit.documents import samples

HONEST = samples.honest()


def verdict(name: str, data: bytes) -> tuple[str, tuple[str, ...]]:
    found = check(name, io.BytesIO(data), len(data))
    return found.format.key, found.concerns


def refused(name: str, data: bytes) -> DocumentRefusedError:
    with pytest.raises(DocumentRefusedError) as caught:
        check(name, io.BytesIO(data), len(data))
    return caught.value


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_file_is_accepted_as_what_it_is(name: str) -> None:
    key, _ = verdict(name, HONEST[name])
    assert name.rpartition(".")[2] in formats.BY_KEY[key].extensions


def test_there_is_a_sample_of_every_accepted_extension() -> None:
    assert {name.rpartition(".")[2] for name in HONEST} == set(formats.BY_EXTENSION)


LIKE = {  # names that one content may carry
    "tiff": {"tiff", "svs"}, "mov": {"mov", "mp4"}, "mp4": {"mov", "mp4"}, "text": {"text", "csv"},
    "csv": {"text", "csv"}, "xml": {"xml", "text"}, "vcf": {"vcf", "text"}, "svs": {"tiff", "svs"},
}  # fmt: skip


@pytest.mark.parametrize("name", HONEST)
def test_every_other_name_is_refused_and_both_types_are_said(name: str) -> None:
    mine = formats.named(name)
    assert mine is not None
    for other in formats.FORMATS:
        if other.key in LIKE.get(mine.key, {mine.key}):
            continue
        error = refused(f"x.{other.extensions[0]}", HONEST[name])
        assert other.words in error.message
        assert "but the content is" in error.message


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.pdf", b"", "empty"),
        ("tool.exe", b"MZ" + bytes(100), "kind .exe are not accepted"),
        ("a.docs", HONEST["a.docx"], "nearest that is: .doc"),
        ("a.pdf", b"MZ\x90\0" + bytes(100), "a program"),
        ("a.txt", b"#!/bin/sh\nrm -r /\n", "a program"),
        ("a.txt", b"hello <script>alert(1)</script>", "web page"),
        ("a.xml", b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "web page"),
        ("a.pdf", b"<html>%PDF-1.4", "web page"),
        ("a.jpg", b"\0\0\0\x18ftypheic" + bytes(50), "HEIC"),
        ("a.webm", b"\x1a\x45\xdf\xa3\x9f\x42\x82\x88matroska" + bytes(50), "Matroska"),
        ("a.doc", samples.compound("Contents"), "not a Word"),
        ("a.zip", samples.zipped({"letter.pdf": b"%PDF-1.4"}), "other things than DICOM"),
        ("a.zip", samples.zipped({"DICOMDIR": b"x"}), "holds no files"),
        ("a.docx", samples.zipped({"../../etc/passwd": b"x"}), "lead out of its folder"),
        ("a.docx", samples.zipped({"[Content_Types].xml": b"<broken"}), "damaged"),
        ("a.docx", HONEST["a.docx"][:-30], "damaged"),
        ("noextension", bytes(range(256)), "has no extension"),
    ],
)
def test_what_is_refused_says_why(name: str, data: bytes, words: str) -> None:
    assert words in refused(name, data).message


def test_a_name_without_extension_gets_that_of_the_content() -> None:
    data = HONEST["a.pdf"]
    assert check("Letter", io.BytesIO(data), len(data)).name == "Letter.pdf"


def test_a_bomb_is_refused_before_it_goes_off() -> None:
    bomb = samples.zipped({"[Content_Types].xml": b"<Types/>", "big": bytes(50 * 1024 * 1024)})
    assert "far more" in refused("a.docx", bomb).message


def test_a_password_is_refused() -> None:
    data = bytearray(HONEST["a.docx"])
    place = data.find(b"PK\x01\x02")
    while place >= 0:
        struct.pack_into("<H", data, place + 8, 1)
        place = data.find(b"PK\x01\x02", place + 4)
    assert "password" in refused("a.docx", bytes(data)).message


@pytest.mark.parametrize(
    ("name", "data", "concern"),
    [
        ("a.docm", HONEST["a.docm"], "macros"),
        ("a.odt", samples.zipped({"mimetype": b"application/vnd.oasis.opendocument.text", "Basic/x.xml": b""}), "macros"),
        ("a.pdf", samples.pdf(b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>"), "scripts"),
        ("a.pdf", samples.pdf(b"/OpenAction<</S/J#61vaScript/J#53(x)>>"), "scripts"),
        ("a.pdf", samples.pdf_with_hidden_script(), "scripts"),
        ("a.pdf", samples.pdf(b"/OpenAction<</S/Launch/F(cmd.exe)>>"), "start a program"),
        ("a.pdf", samples.pdf(b"/Names<</EmbeddedFiles<<>>>>"), "other files"),
        ("a.dcm", samples.dicom(PatientName="Jansen^Jan"), "names the patient"),
        ("a.dcm", samples.dicom(PatientBirthDate="19840327"), "birth date"),
        ("a.dcm", samples.dicom(PatientIdentityRemoved="YES", BurnedInAnnotation="YES"), "show the name"),
        ("a.dcm", bytes(128) + b"DICM" + bytes(range(200)), "could not be read"),
        ("a.zip", samples.zipped({"IM1": samples.dicom(PatientName="Jansen^Jan")}), "names the patient"),
    ],
)  # fmt: skip
def test_what_is_active_or_names_somebody_is_held_back(
    name: str, data: bytes, concern: str
) -> None:
    _, concerns = verdict(name, data)
    assert any(concern in one for one in concerns)


@pytest.mark.parametrize("name", [n for n in HONEST if not n.endswith("m")])
def test_ordinary_files_are_not_held_back(name: str) -> None:
    assert verdict(name, HONEST[name])[1] == ()


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(sorted(HONEST)), st.integers(0, 5000))
def test_no_content_makes_it_fall_over(noise: bytes, name: str, cut: int) -> None:
    for data in (noise, HONEST[name][:cut] + noise, HONEST[name][: cut // 8] + noise):
        found = sniff(io.BytesIO(data), len(data))
        assert found.keys or found.refusal


def test_many_entries_are_refused() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for number in range(20_001):
            archive.writestr(str(number), b"")
    assert "entries" in refused("a.zip", target.getvalue()).message

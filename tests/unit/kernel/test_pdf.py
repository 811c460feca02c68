"""HTML to PDF: letters of all languages, nothing from outside, an end to everything."""

import io
import logging
from pathlib import Path

import pypdf
import pytest

from portal.kernel import pdf

PANGRAM = "Ħ Ġ Ż Ķ Ņ Ő Ș Ț Þ Ð ß å ø Ξεσκεπάζω την ψυχοφθόρα βδελυγμία Жълтата дюля ≥ µ"


def words(document: bytes) -> str:
    return " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(document)).pages)


def test_letters_of_every_language_are_there_in_four_styles(tmp_path, caplog):
    html = f"<html lang='mt'><body><p>{PANGRAM}</p><p><b>Βαρύ</b> <i>Курсив</i> <b><i>Ħ</i></b></p></body></html>"
    with caplog.at_level(logging.WARNING):
        document = pdf.render(html, base=tmp_path)
    found = words(document)
    for part in PANGRAM.split():
        assert part in found
    assert "Βαρύ" in found
    assert caplog.records == []


def test_pictures_come_from_the_base_folder_only(tmp_path, caplog):
    (tmp_path / "in").mkdir()
    secret = tmp_path / "secret.png"
    secret.write_bytes(Path(__file__).read_bytes())
    html = (
        f"<p>text</p><img src='{secret.as_uri()}'><img src='../secret.png'>"
        "<img src='http://127.0.0.1:9/x.png'><link rel='stylesheet' href='http://127.0.0.1:9/x.css'>"
    )
    with caplog.at_level(logging.WARNING, "portal.kernel.pdf"):
        document = pdf.render(html, base=tmp_path / "in")
    assert "text" in words(document)
    said = " ".join(record.getMessage() for record in caplog.records)
    assert "remote resources are not allowed" in said
    assert not any(page.images for page in pypdf.PdfReader(io.BytesIO(document)).pages)


def test_a_document_that_never_ends_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(pdf, "SECONDS", 1)
    html = "<table>" + "<tr><td>cell</td></tr>" * 60_000 + "</table>"
    with pytest.raises(pdf.PdfError):
        pdf.render(html, base=tmp_path)


def test_a_document_that_is_too_long_is_refused(tmp_path):
    with pytest.raises(pdf.PdfError, match="too long"):
        pdf.render("x" * (pdf.LONGEST_HTML + 1), base=tmp_path)


def test_the_renderer_sees_no_settings(monkeypatch):
    monkeypatch.setenv("PORTAL_SECRET_KEY", "secret")
    assert not any(name.startswith("PORTAL_") for name in pdf._environment())

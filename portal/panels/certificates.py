"""The contribution certificate as a PDF."""

import functools
from datetime import date
from pathlib import Path

import jinja2

from portal.kernel import clock, pdf
from portal.panels.queries.certificate import Certificate

FOLDER = Path(__file__).resolve().parent / "pdf"


def render(certificate: Certificate) -> bytes:
    """Return the certificate as a PDF."""
    html = (
        _templates().get_template("certificate.html").render(c=certificate, made_on=clock.today())
    )
    return pdf.render(html, base=FOLDER)


def _day(value: date) -> str:
    return f"{value.day} {value:%B %Y}"


@functools.cache
def _templates() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["day"] = _day
    return made

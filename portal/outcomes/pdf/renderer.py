"""Turn an outcome into a PDF. Another engine is another :class:`OutcomeRenderer`.

The default goes through ``portal.kernel.pdf``: xhtml2pdf in a process of its own, with a hard time
limit and no way to the network. The pictures (QR code, DRAFT mark) are drawn here into the HTML as data.
"""

import base64
import functools
import io
from pathlib import Path
from typing import Protocol

import fontpkg  # type: ignore[import-untyped]
import jinja2
import segno
from PIL import Image, ImageDraw, ImageFont

from portal.kernel import pdf
from portal.outcomes.queries.document import OutcomeDocument

FOLDER = Path(__file__).resolve().parent
PAGE_POINTS = (595, 842)  # A4 at 72 points per inch


class OutcomeRenderer(Protocol):
    """Makes a PDF of a document."""

    def render(self, document: OutcomeDocument) -> bytes:
        """Return the PDF; raise ``portal.kernel.pdf.PdfError`` when it cannot be made."""
        ...


class PortalRenderer:
    """The default engine."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url.rstrip("/")

    def render(self, document: OutcomeDocument) -> bytes:
        """Return the PDF of the document's variant."""
        return pdf.render(self.html(document), base=FOLDER)

    def html(self, document: OutcomeDocument) -> str:
        """Return the document as HTML."""
        address = f"{self.base_url}/verify/{document.code}" if document.code else ""
        template = _templates().get_template(f"{document.variant}.html")
        return template.render(
            d=document,
            address=address,
            qr=_qr(address) if address else "",
            mark=draft_mark() if document.draft else "",
        )


_renderer: list[OutcomeRenderer] = []


def use(engine: OutcomeRenderer) -> None:
    """Make ``engine`` the renderer of this process."""
    _renderer[:] = [engine]


def renderer() -> OutcomeRenderer:
    """Return the renderer of this process."""
    if not _renderer:
        raise RuntimeError("no outcome renderer: call portal.app.create_app first")
    return _renderer[0]


def _day(value: object) -> str:
    return f"{value.day} {value:%B %Y}" if value else ""  # type: ignore[attr-defined]


def _lines(text: str) -> list[str]:
    """Return the paragraphs of a text; the template writes each on its own."""
    return [line.strip() for line in text.splitlines() if line.strip()]


@functools.cache
def _templates() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(day=_day, lines=_lines)
    return made


def _data(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode()


def _qr(address: str) -> str:
    target = io.BytesIO()
    segno.make(address, error="m").save(target, kind="png", scale=6, border=2)
    return _data(target.getvalue())


@functools.cache
def draft_mark() -> str:
    """Return the word DRAFT, pale and slanted over a page, as a picture in the HTML."""
    font = ImageFont.truetype(str(fontpkg.path("Fira Sans", 700, "normal")), 150)
    word = Image.new("L", (560, 200), 255)
    ImageDraw.Draw(word).text((10, 5), "DRAFT", font=font, fill=226)
    slanted = word.rotate(50, expand=True, fillcolor=255)
    page = Image.new("L", PAGE_POINTS, 255)
    page.paste(
        slanted, ((PAGE_POINTS[0] - slanted.width) // 2, (PAGE_POINTS[1] - slanted.height) // 2)
    )
    target = io.BytesIO()
    page.save(target, "PNG", optimize=True)
    return _data(target.getvalue())

"""A look at a document without taking a copy: text, tables, pictures of PDF pages.

PDF is read by PDFium in a process of its own, with limits on time and memory and without settings;
nothing of the document but a picture reaches the browser.
"""

import csv
import io
import os
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path

from portal.documents.queries import Content
from portal.kernel.errors import NotFoundError, PortalError

TEXT_BYTES = 200_000
TABLE_ROWS, TABLE_COLUMNS, CELL_LETTERS = 200, 40, 300
LARGEST_PDF = 64 * 1024 * 1024
SECONDS = 20
_ROOT = Path(__file__).resolve().parents[2]
_KEPT = ("PATH", "LANG", "SYSTEMROOT")
_at_once = threading.BoundedSemaphore(2)


class PreviewError(PortalError):
    """The document cannot be shown; it can still be downloaded."""

    status = 422
    code = "no-preview"


@dataclass(frozen=True)
class Preview:
    """What to show: ``kind`` is text, table, pages, image, media or empty; ``cut`` says more follows."""

    kind: str = ""
    text: str = ""
    rows: list[list[str]] = field(default_factory=list)
    pages: int = 0
    cut: bool = False
    problem: str = ""


NOTHING = Preview()


def of(content: Content, kind: str) -> Preview:
    """Return the preview of a document; a fault of the document becomes its ``problem``."""
    if kind == "text":
        text, cut = _text(content)
        return Preview("text", text=text, cut=cut)
    if kind == "table":
        return _table(content)
    if kind == "pages":
        return _pages(content)
    return Preview(kind)


def page_picture(content: Content, number: int) -> bytes:
    """Return page ``number`` (from 1) of a PDF document as a PNG picture."""
    if content.kind != "pdf" or number < 1:
        raise NotFoundError("There is no such page.")
    return _worker(content, str(number))


def _text(content: Content) -> tuple[str, bool]:
    data = b"".join(content.pieces(0, TEXT_BYTES))
    cut = content.size > len(data)
    for encoding in ("utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding), cut
        except UnicodeDecodeError as error:
            if cut and error.start > len(data) - 4:  # the cut went through a letter
                return data[: error.start].decode(encoding), cut
    return data.decode("utf-8", "replace"), cut


def _table(content: Content) -> Preview:
    text, cut = _text(content)
    try:
        dialect: type[csv.Dialect] = csv.Sniffer().sniff(text[:8192], delimiters=",;\t|")
    except csv.Error:
        dialect = csv.excel
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text), dialect):
            if len(rows) == TABLE_ROWS:
                cut = True
                break
            cut = cut or len(row) > TABLE_COLUMNS
            rows.append([cell[:CELL_LETTERS] for cell in row[:TABLE_COLUMNS]])
    except csv.Error:
        return Preview("text", text=text, cut=cut)
    return Preview("table", rows=rows, cut=cut)


def _pages(content: Content) -> Preview:
    try:
        count = int(_worker(content, "count"))
    except PreviewError as error:
        return Preview(problem=error.message)
    return Preview("pages", pages=count)


def _worker(content: Content, task: str) -> bytes:
    if content.size > LARGEST_PDF:
        raise PreviewError("The document is too large to be shown here. Download it to read it.")
    source = b"".join(content.pieces())
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    environment = {**kept, "PYTHONPATH": str(_ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    with _at_once:
        try:
            done = subprocess.run(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-m", "portal.documents.preview_worker", task],
                input=source,
                capture_output=True,
                timeout=SECONDS,
                check=False,
                env=environment,
                cwd=_ROOT,
            )
        except subprocess.TimeoutExpired:
            raise PreviewError("The document takes too long to be shown. Download it.") from None
    if done.returncode == 2:
        raise NotFoundError("There is no such page.")
    if done.returncode or not done.stdout:
        raise PreviewError("The document cannot be shown here. Download it to read it.")
    return done.stdout

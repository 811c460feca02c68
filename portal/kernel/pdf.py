"""HTML to PDF, in a process of its own with a hard time limit and no way to the network.

The HTML comes from our own templates; text of people in it is escaped by Jinja. The family
``Portal Sans`` (Fira Sans: Latin, Greek and Cyrillic, four styles) is there without a declaration
and is the default. Templates give every column of a table its width, and use no float.
"""

import logging
import os
import subprocess
import sys
from pathlib import Path

from portal.kernel.errors import PortalError

SECONDS = 30
LONGEST_HTML = 4 * 1024 * 1024
_ROOT = Path(__file__).resolve().parents[2]
_KEPT = ("PATH", "LANG", "SYSTEMROOT")
_log = logging.getLogger(__name__)


class PdfError(PortalError):
    """The document could not be turned into a PDF; the reason is in the log."""

    status = 500
    code = "pdf"


def render(html: str, *, base: Path) -> bytes:
    """Return ``html`` as a PDF; pictures and sheets are read from the folder ``base`` only.

    What the renderer does not understand is logged as a warning, so that a test of a template can
    ask for silence. Raises :class:`PdfError` after ``SECONDS`` seconds or when nothing came out.
    """
    source = html.encode()
    if len(source) > LONGEST_HTML:
        raise PdfError("The document is too long for a PDF.", hint="Shorten the texts in it.")
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module, nothing from people
            [sys.executable, "-m", "portal.kernel.pdf_worker", str(base), str(SECONDS)],
            input=source,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            env=_environment(),
            cwd=_ROOT,
        )
    except subprocess.TimeoutExpired:
        _log.error("rendering a PDF took longer than %d s", SECONDS)
        raise PdfError(
            "The PDF took too long and was stopped.", hint="Try again in a minute."
        ) from None
    for line in done.stderr.decode(errors="replace").splitlines():
        _log.warning("pdf: %s", line)
    if done.returncode or not done.stdout.startswith(b"%PDF-"):
        raise PdfError(
            "The PDF could not be made.", hint="Tell the support desk when it happens again."
        )
    return done.stdout


def _environment() -> dict[str, str]:
    """No settings and no secrets go to the renderer: only what an interpreter needs to start."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {**kept, "PYTHONPATH": str(_ROOT), "PYTHONDONTWRITEBYTECODE": "1"}

"""The process behind ``pdf.render``: HTML from standard input, PDF to standard output.

Limits on processor time and memory are set before anything is parsed: the renderer's own limits do
not cover its parser.
"""

import io
import logging
import sys
from pathlib import Path

import fontpkg  # type: ignore[import-untyped]
from xhtml2pdf.config.resources import ResourceAccessPolicy
from xhtml2pdf.default import DEFAULT_CSS
from xhtml2pdf.document import pisaDocument

MEMORY_BYTES = 1024**3
FAMILY = "Fira Sans"
_STYLES = (
    (400, "normal", "normal"),
    (700, "bold", "normal"),
    (400, "normal", "italic"),
    (700, "bold", "italic"),
)


def main(base: str, seconds: str) -> int:
    """Render once; return 0, or 1 when the document holds an error."""
    _limit(int(seconds))
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(message)s")
    target = io.BytesIO()
    result = pisaDocument(
        io.BytesIO(sys.stdin.buffer.read()),
        target,
        encoding="utf-8",
        default_css=DEFAULT_CSS + font_css(),
        resource_policy=ResourceAccessPolicy.server(
            Path(base),
            allow_remote=False,
            extra_roots=(font_folder(),),
            max_render_seconds=int(seconds),
        ),
    )
    if result.err:
        return 1
    sys.stdout.buffer.write(target.getvalue())
    return 0


def font_folder() -> Path:
    """Return the folder of the font files."""
    return Path(fontpkg.path(FAMILY)).parent


def font_css() -> str:
    """Return the four styles as ``@font-face`` and the family as the default of every document."""
    faces = [
        f'@font-face {{ font-family: "Portal Sans"; font-weight: {weight}; font-style: {style}; '
        f'src: url("{fontpkg.path(FAMILY, number, style)}"); }}'
        for number, weight, style in _STYLES
    ]
    return "\n".join([*faces, 'html { font-family: "Portal Sans"; font-size: 10.5pt; }'])


def _limit(seconds: int) -> None:
    try:
        import resource
    except ImportError:  # not on Windows; the caller's time limit still holds there
        return
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))

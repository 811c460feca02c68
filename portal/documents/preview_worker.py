"""The process behind the preview of PDF documents: PDF from standard input, a number or PNG out."""

import io
import sys

import pypdfium2  # type: ignore[import-untyped]

MEMORY_BYTES = 1024**3
CPU_SECONDS = 15
LONGEST_SIDE = 1600  # pixels
NO_SUCH_PAGE = 2


def main(task: str) -> int:
    """Print the number of pages for ``count``, else the picture of the page with that number."""
    _limit()
    document = pypdfium2.PdfDocument(sys.stdin.buffer.read())
    if task == "count":
        sys.stdout.buffer.write(str(len(document)).encode())
        return 0
    index = int(task) - 1
    if not 0 <= index < len(document):
        return NO_SUCH_PAGE
    page = document[index]
    scale = min(2.0, LONGEST_SIDE / max(page.get_size()))
    picture = page.render(scale=scale, may_draw_forms=False).to_pil()
    target = io.BytesIO()
    picture.save(target, format="PNG")
    sys.stdout.buffer.write(target.getvalue())
    return 0


def _limit() -> None:
    try:
        import resource
    except ImportError:  # not on Windows; the caller's time limit still holds there
        return
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

"""The verdict on a file: accepted as which format, held back for what reason, or refused."""

from dataclasses import dataclass

from portal.documents import formats
from portal.documents.errors import DocumentRefusedError
from portal.documents.formats import BY_KEY, Format
from portal.documents.sniffing import ByteSource, Found, sniff


@dataclass(frozen=True)
class Verdict:
    """``name`` has the right extension; ``concerns`` are reasons to hold the file back, in words."""

    name: str
    format: Format
    concerns: tuple[str, ...] = ()


def check(name: str, source: ByteSource, size: int) -> Verdict:
    """Return the verdict on a file called ``name``; raise :class:`DocumentRefusedError`.

    The content decides what the file is. A name that says otherwise is refused, because one of the
    two would mislead whoever opens it.
    """
    claimed = formats.named(name)
    if claimed is None and formats.extension_of(name):
        raise _unknown_extension(name)
    found = sniff(source, size)
    if found.refusal:
        raise DocumentRefusedError(name, found.refusal, hint=_HINT)
    if claimed is None:
        return _by_content_alone(name, found)
    if claimed.key not in found.keys:
        raise DocumentRefusedError(
            name,
            f"The name says {claimed.words}, but the content is {found.words}.",
            hint="Check whether this is the right file, or save it again in the right format.",
        )
    return Verdict(name, claimed, found.concerns)


_HINT = "Accepted are documents, tables, pictures, DICOM, sound and video files; see the list in the help."


def _unknown_extension(name: str) -> DocumentRefusedError:
    extension = formats.extension_of(name)
    near = formats.nearest_extension(extension)
    nearest = f" The nearest that is: .{near}." if near else ""
    return DocumentRefusedError(
        name, f"Files of the kind .{extension} are not accepted.{nearest}", hint=_HINT
    )


def _by_content_alone(name: str, found: Found) -> Verdict:
    """A file without an extension gets that of its content, when that is certain."""
    kind = BY_KEY[found.keys[0]]
    if kind.key == "pcm":
        raise DocumentRefusedError(
            name,
            "The file name has no extension, and the content is data of no known format.",
            hint="Give the file its extension, such as .pdf or .dcm, and send it again.",
        )
    return Verdict(f"{name}.{kind.extensions[0]}", kind, found.concerns)

"""Answers that point elsewhere: files of this portal and references to other records."""

import re
from typing import Any, ClassVar

from portal.forms.kinds.base import AnswerError, Field, Kind, Posted, Reader, Silent, first

_ID = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_FACTORS = {"kB": 1_000, "MB": 1_000_000, "GB": 1_000_000_000}


def bytes_of(size: str) -> int:
    """Return ``20 MB`` as a number of bytes; 0 means no limit."""
    if not size:
        return 0
    return int(re.sub(r"\D", "", size)) * _FACTORS[re.sub(r"[^A-Za-z]", "", size)]


class FileKind(Kind):
    """A file; stored as ``{"id", "name", "type", "size"}`` of a document already uploaded."""

    name = "file"
    expression_type = "file"
    parts: ClassVar[tuple[str, ...]] = ("", "name", "type", "size")

    def reader(self, field: Field) -> Reader:
        """Check identity, kind and size of the file."""
        accept, most = field.item.accept, bytes_of(field.item.max_size)

        def read(value: Any) -> str:
            if not isinstance(value, dict) or not value.keys() <= {"id", "name", "type", "size"}:
                raise AnswerError("file")
            identity, kind, size = value.get("id"), value.get("type", ""), value.get("size", 0)
            if not isinstance(identity, str) or not _ID.fullmatch(identity):
                raise AnswerError("file")
            if not isinstance(kind, str) or type(size) is not int or size < 0:
                raise AnswerError("file")
            if accept and not any(accepts(pattern, kind) for pattern in accept):
                raise AnswerError("accept", found=kind[:80] or "unknown", accept=", ".join(accept))
            if most and size > most:
                raise AnswerError("max_size", most=field.item.max_size)
            return identity

        return read

    def parse(self, field: Field, posted: Posted) -> Any:
        """Take the hidden parts that the uploader filled in."""
        identity = first(posted)
        if not identity:
            return None
        size = first(posted, "size")
        parts = {part: first(posted, part) for part in ("name", "type")}
        number = int(size) if size.isascii() and size.isdigit() and len(size) < 16 else 0
        return self.coerce(field, {"id": identity, **parts, "size": number})

    def coerce(self, field: Field, value: Any) -> dict[str, Any]:
        """Accept the stored form only."""
        self.reader(field)(value)
        return dict(value)

    def store(self, field: Field, typed: Any) -> Any:  # noqa: ARG002
        """Files are never computed."""
        return None

    def display(self, field: Field, value: Any, language: str) -> str:  # noqa: ARG002
        """Show the file's name."""
        return str(value.get("name") or value.get("id"))

    def texts(self, field: Field, value: Any) -> dict[str, str]:  # noqa: ARG002
        """Give the hidden parts back to the uploader."""
        found = value if isinstance(value, dict) else {}
        parts = {part: str(found.get(part, "")) for part in ("name", "type", "size")}
        return {"": str(found.get("id", "")), **parts}


def accepts(pattern: str, kind: str) -> bool:
    """Whether a media type fits ``image/*``, ``application/pdf`` or ``*/*``."""
    if pattern in {"*", "*/*"}:
        return True
    if pattern.endswith("/*"):
        return kind.startswith(pattern[:-1])
    return kind == pattern


class ReferenceKind(Kind):
    """A pointer to another record; stored as ``{"type", "id", "display"}``."""

    name = "reference"
    expression_type = "reference"
    parts: ClassVar[tuple[str, ...]] = ("", "type", "display")

    def reader(self, field: Field) -> Reader:
        """Check the type and the id; whether the record exists is the service's question."""
        of = field.item.of

        def read(value: Any) -> str:
            if not isinstance(value, dict) or not value.keys() <= {"type", "id", "display"}:
                raise AnswerError("reference")
            kind, identity = value.get("type"), value.get("id")
            if not isinstance(kind, str) or not isinstance(identity, str):
                raise AnswerError("reference")
            if not _ID.fullmatch(identity) or not isinstance(value.get("display", ""), str):
                raise AnswerError("reference")
            if of and kind not in of:
                raise AnswerError("reference_type", found=kind[:60], of=", ".join(of))
            return f"{kind}/{identity}"

        return read

    def parse(self, field: Field, posted: Posted) -> Any:
        """Take id, type and display from their hidden parts, or ``Type/id``."""
        identity = first(posted)
        if not identity:
            return None
        kind = first(posted, "type") or next(iter(field.item.of), "")
        if "/" in identity:
            kind, _, identity = identity.partition("/")
        return self.coerce(
            field, {"type": kind, "id": identity, "display": first(posted, "display")}
        )

    def coerce(self, field: Field, value: Any) -> dict[str, Any]:
        """Accept the stored form or ``Type/id``."""
        if isinstance(value, str):
            kind, _, identity = value.partition("/")
            value = {"type": kind, "id": identity}
        self.reader(field)(value)
        return {key: text for key, text in value.items() if text}

    def store(self, field: Field, typed: Any) -> Any:  # noqa: ARG002
        """Hold nothing: references are never computed."""
        return None

    def display(self, field: Field, value: Any, language: str) -> str:  # noqa: ARG002
        """Show what was stored as display, else type and id."""
        return str(value.get("display") or f"{value.get('type')}/{value.get('id')}")

    def texts(self, field: Field, value: Any) -> dict[str, str]:  # noqa: ARG002
        """Give the hidden parts back."""
        found = value if isinstance(value, dict) else {}
        return {
            "": str(found.get("id", "")),
            "type": str(found.get("type", "")),
            "display": str(found.get("display", "")),
        }


class NoteKind(Silent):
    """Words of the form's author; no answer."""

    name = "note"


class GroupKind(Silent):
    """Holds other items; repeats as rows when ``repeat``."""

    name = "group"


class SectionKind(Silent):
    """A page of the form."""

    name = "section"


class TableKind(Silent):
    """Lays its items out as a table."""

    name = "table"

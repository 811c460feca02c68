"""tus 1.0 over HTTP: creation (with the first bytes), pieces, checksum, expiration, termination."""

import base64
import binascii
from datetime import UTC, date
from email.utils import format_datetime
from typing import NoReturn

from flask import Response, make_response, request, url_for

from portal.access.actor import Actor
from portal.documents import limits, resumable
from portal.documents.resumable import CHECKSUMS, NewUpload, Standing
from portal.kernel.errors import InvalidInputError, PortalError

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,checksum,expiration,termination"
PIECE_TYPE = "application/offset+octet-stream"


class TusError(PortalError):
    """The request does not follow the protocol."""

    code = "tus"

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message, hint="See tus.io, protocol 1.0.0.")
        self.status = status


def is_tus() -> bool:
    """Return whether the request speaks the protocol."""
    return "Tus-Resumable" in request.headers


def abilities() -> Response:
    """Answer OPTIONS: what this server can do."""
    response = make_response("", 204)
    response.headers["Tus-Version"] = VERSION
    response.headers["Tus-Extension"] = EXTENSIONS
    response.headers["Tus-Max-Size"] = str(limits.most_bytes())
    response.headers["Tus-Checksum-Algorithm"] = ",".join(CHECKSUMS)
    return _marked(response)


def create(actor: Actor, patient_id: str) -> Response:
    """Answer POST: open an upload; the first bytes may come along."""
    _check_version()
    meta = _metadata(request.headers.get("Upload-Metadata", ""))
    new = NewUpload(
        name=meta.get("filename") or meta.get("name") or "document",
        length=_number("Upload-Length"),
        fingerprint=meta.get("fingerprint", ""),
        category=meta.get("category", ""),
        document_date=_date(meta),
        note=meta.get("note", ""),
    )
    now = resumable.begin(actor, patient_id, new)
    if request.content_type == PIECE_TYPE and now.offset == 0:
        now = resumable.append(actor, now.id, 0, request.stream, _checksum())
    response = _standing(now, 201)
    response.headers["Location"] = url_for(
        "UploadView.piece", patient_id=patient_id, upload_id=now.id
    )
    return response


def handle(actor: Actor, upload_id: str) -> Response:
    """Answer HEAD, PATCH and DELETE on one upload."""
    _check_version()
    method = request.headers.get("X-HTTP-Method-Override", request.method).upper()
    if method == "HEAD":
        return _standing(resumable.standing(actor, upload_id), 200)
    if method == "PATCH":
        return _append(actor, upload_id)
    if method != "DELETE":
        _refuse(405, f"An upload does not understand {method}.")
    resumable.give_up(actor, upload_id)
    return _marked(make_response("", 204))


def _append(actor: Actor, upload_id: str) -> Response:
    if request.content_type != PIECE_TYPE:
        _refuse(415, f"A piece has the type {PIECE_TYPE}.")
    offset = _number("Upload-Offset")
    now = resumable.append(actor, upload_id, offset, request.stream, _checksum())
    return _standing(now, 204)


def _standing(now: Standing, status: int) -> Response:
    response = make_response("", status)
    response.headers["Upload-Offset"] = str(now.offset)
    response.headers["Upload-Length"] = str(now.length)
    response.headers["Upload-Expires"] = format_datetime(
        now.expires_at.astimezone(UTC), usegmt=True
    )
    response.headers["Cache-Control"] = "no-store"
    if now.document_id:
        response.headers["Document-Location"] = url_for(
            "DocumentView.show", document_id=now.document_id
        )
    return _marked(response)


def _marked(response: Response) -> Response:
    response.headers["Tus-Resumable"] = VERSION
    return response


def _checksum() -> str:
    return request.headers.get("Upload-Checksum", "")


def _check_version() -> None:
    if request.headers.get("Tus-Resumable") != VERSION:
        _refuse(412, f"This server speaks tus {VERSION}.")


def _number(name: str) -> int:
    text = request.headers.get(name, "")
    if not (text.isascii() and text.isdigit()) or len(text) > 15:
        _refuse(400, f"The header {name} must be a whole number.")
    return int(text)


def _metadata(header: str) -> dict[str, str]:
    found = {}
    for pair in filter(None, (part.strip() for part in header.split(","))):
        name, _, value = pair.partition(" ")
        try:
            found[name.lower()] = base64.b64decode(value, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            raise InvalidInputError(f"The metadata '{name[:40]}' is not base64 of UTF-8.") from None
    return found


def _date(meta: dict[str, str]) -> date | None:
    """Read the date of the document: ``document_date`` in ISO form, or the form's three boxes."""
    parts = [meta.get(f"document_date-{part}", "").strip() for part in ("year", "month", "day")]
    text = meta.get("document_date", "")
    if not text and not any(parts):
        return None
    try:
        return date.fromisoformat(text) if text else date(*map(int, parts))
    except ValueError:
        message = "The date of the document is not a day: write day, month and year in digits."
        raise InvalidInputError(message, fields={"document_date": message}) from None


def _refuse(status: int, message: str) -> NoReturn:
    raise TusError(status, message)

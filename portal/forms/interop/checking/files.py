"""Attachments and references."""

import re
from collections.abc import Mapping

from portal.forms.interop.access import (
    EXTENSION,
    Json,
    extension,
    extensions,
    number,
    shown,
    text,
    value_of,
)
from portal.forms.interop.checking.items import Asked
from portal.forms.interop.checking.primitives import decoded_size
from portal.forms.interop.findings import Findings
from portal.forms.interop.standard.structure import resource_names

MAX_SIZE = f"{EXTENSION}maxSize"
MIME_TYPE = f"{EXTENSION}mimeType"
ALLOWED = f"{EXTENSION}questionnaire-referenceResource"
_TYPED = re.compile(r"(?:[^?#\s]*/)?([A-Za-z]{2,64})/([A-Za-z0-9\-.]{1,64})(?:/_history/[^/\s]+)?")


class AttachmentCheck:
    """Checks what kind of file it is and how large."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings

    def check(self, asked: Asked, value: Json) -> None:
        """Check one attachment."""
        self._type(asked, text(value, "contentType"))
        data = text(value, "data")
        actual = decoded_size(data) if data else None
        stated = number(value.get("size"))
        if actual is not None and stated is not None and stated != actual:
            message = f"the attachment says it has {stated:,} bytes, its data has {actual:,}"
            self.findings.error("structure", asked.link_id, message)
        size = actual if actual is not None else stated
        most = number(extension(asked.node, MAX_SIZE))
        if size is not None and most is not None and most > 0 and size > most:
            message = f"the attachment has {size:,} bytes, at most {most:,} are possible"
            self.findings.error("required", asked.link_id, message)

    def _type(self, asked: Asked, found: str) -> None:
        allowed = [value_of(one)[1] for one in extensions(asked.node, MIME_TYPE)]
        kinds = [one for one in allowed if isinstance(one, str)]
        if not kinds:
            return
        named = ", ".join(shown(one) for one in kinds)
        if not found:
            message = f"the attachment does not say its type; possible are {named}"
            self.findings.error("required", asked.link_id, message)
        elif not any(_is_type(found, one) for one in kinds):
            message = f"the attachment is {shown(found)}; possible are {named}"
            self.findings.error("required", asked.link_id, message)


def _is_type(found: str, allowed: str) -> bool:
    """Whether a media type is an allowed one; ``image/*`` and ``image`` allow every image."""
    bare = found.partition(";")[0].strip().lower()
    wanted = allowed.strip().lower().removesuffix("*").removesuffix("/")
    family = "/" not in wanted and bare.startswith(f"{wanted}/")
    return wanted in {"", bare} or family


def resource_type(reference: str) -> str:
    """Return the type of resource that an address names, empty where it names none."""
    found = _TYPED.fullmatch(reference)
    return found.group(1) if found and found.group(1)[:1].isupper() else ""


def check_reference(
    findings: Findings, asked: Asked, value: Json, inside: Mapping[str, str]
) -> None:
    """Check the target of a reference: a readable address, a resource type that may stand here.

    ``inside`` are the resources that the response carries (id to type), named ``#id``.
    """
    reference, stated = text(value, "reference"), text(value, "type")
    if any(character.isspace() for character in reference):
        findings.error("invalid", asked.link_id, f"'{shown(reference)}' is not a reference")
        return
    if not reference and not stated:
        return
    if reference.startswith("#") and reference[1:] not in inside:
        message = f"the response carries no resource '{shown(reference)}'"
        findings.error("not-found", asked.link_id, message)
        return
    carried = inside.get(reference[1:], "") if reference.startswith("#") else ""
    kind = carried or resource_type(reference) or stated.rpartition("/")[2]
    options = [value_of(one)[1] for one in extensions(asked.node, ALLOWED)]
    allowed = [one for one in options if isinstance(one, str)]
    if not allowed:
        if kind and kind not in resource_names():
            message = f"'{shown(kind)}' in '{shown(reference)}' is not a type of resource"
            findings.error("invariant", asked.link_id, message)
    elif not kind:
        message = f"'{shown(reference)}' does not say what it points to: not checkable"
        findings.warning("not-supported", asked.link_id, message)
    elif kind not in allowed:
        named = ", ".join(shown(one) for one in allowed)
        message = f"the reference points to a {shown(kind)}; possible are {named}"
        findings.error("invariant", asked.link_id, message)

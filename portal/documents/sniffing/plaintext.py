"""Text: it must decode from beginning to end, and must not be a web page in disguise."""

import codecs
import re

from portal.documents.formats import BY_KEY
from portal.documents.sniffing.found import ByteSource, Found

_PIECE = 1024 * 1024
_MARKUP = re.compile(r"<\s*(!doctype\s+html|html|script|svg|iframe)\b", re.IGNORECASE)
_BOMS_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def look_at_text(source: ByteSource) -> Found | None:
    """Return the text formats that the content can be, or nothing when it is no text."""
    source.seek(0)
    start = source.read(4)
    encodings = ("utf-16",) if start.startswith(_BOMS_16) else ("utf-8", "cp1252")
    head = next((h for h in (_head(source, e) for e in encodings) if h is not None), None)
    if head is None:
        return None
    if _MARKUP.search(head):
        return Found(words="a web page", refusal="The file holds the markup of a web page.")
    return _kind(head.lstrip("\ufeff \t\r\n"))


def _head(source: ByteSource, encoding: str) -> str | None:
    """Decode everything; return the first piece, or nothing when a part is no text."""
    source.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    first: str | None = None
    while True:
        piece = source.read(_PIECE)
        try:
            text = decoder.decode(piece, final=not piece)
        except UnicodeDecodeError:
            return None
        if _CONTROL.search(text):
            return None
        first = text if first is None else first
        if not piece:
            return first


def _kind(start: str) -> Found:
    if start.startswith("##fileformat=VCF"):
        return Found(keys=("vcf", "text"), words=BY_KEY["vcf"].words)
    if start.startswith("<?xml") or re.match(r"<[A-Za-z_][\w.:-]*[\s>/]", start):
        return Found(keys=("xml", "text"), words=BY_KEY["xml"].words)
    return Found(keys=("text", "csv"), words=BY_KEY["text"].words)

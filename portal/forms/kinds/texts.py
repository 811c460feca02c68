"""Words: short text, long text, web addresses."""

import re
import unicodedata
from typing import Any, ClassVar
from urllib.parse import urlsplit

from portal.forms.kinds.base import AnswerError, Field, Kind, Posted, Reader
from portal.forms.patterns import Pattern, PatternError
from portal.kernel.errors import Issue

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class TextKind(Kind):
    """One line of text."""

    name = "text"
    expression_type = "text"
    limit: ClassVar[int] = 2_000

    def reader(self, field: Field) -> Reader:
        """Check length, pattern and characters."""
        item = field.item
        least, most = item.min_length, item.max_length or self.limit
        pattern = Pattern.of(item.pattern) if item.pattern else None

        def read(value: Any) -> str:
            if not isinstance(value, str) or not value:
                raise AnswerError("shape")
            if len(value) > most:
                raise AnswerError("max_length", most=most, found=len(value))
            if len(value) < least:
                raise AnswerError("min_length", least=least, found=len(value))
            if _CONTROL.search(value):
                raise AnswerError("control_characters")
            if pattern and not pattern.matches(value):
                raise AnswerError("pattern")
            return value

        return read

    def parse(self, field: Field, posted: Posted) -> Any:
        """Take the text as typed, without blanks around it."""
        text = (posted.get("") or [""])[0].strip()
        return self.coerce(field, text) if text else None

    def coerce(self, field: Field, value: Any) -> str:  # noqa: ARG002
        """Normalise to NFC with plain line ends; numbers become text."""
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise AnswerError("shape")
        return unicodedata.normalize("NFC", str(value)).replace("\r\n", "\n").replace("\r", "\n")

    def store(self, field: Field, typed: Any) -> Any:  # noqa: ARG002
        """Keep text as it is."""
        return typed if isinstance(typed, str) and typed else None

    def check_definition(self, field: Field) -> list[Issue]:
        """Check the pattern and the lengths."""
        item, issues = field.item, []
        if item.pattern:
            try:
                Pattern.of(item.pattern)
            except PatternError as fault:
                issues.append(Issue(f"the pattern cannot be used: {fault}", key="pattern"))
        if item.max_length and item.min_length > item.max_length:
            issues.append(Issue("min_length is larger than max_length", key="min_length"))
        if item.max_length > self.limit:
            issues.append(
                Issue(f"a {self.name} holds {self.limit:,} characters at most", key="max_length")
            )
        return issues


class LongTextKind(TextKind):
    """Several lines of text."""

    name = "long_text"
    limit = 50_000


class UrlKind(TextKind):
    """A web address."""

    name = "url"
    input_mode = "url"

    def reader(self, field: Field) -> Reader:
        """Accept http and https addresses only: others could run code when clicked."""
        inner = super().reader(field)

        def read(value: Any) -> str:
            text: str = inner(value)
            try:
                address = urlsplit(text)
                address.port  # noqa: B018 - reading it checks it
            except ValueError:
                raise AnswerError("url") from None
            if address.scheme not in {"http", "https"} or not address.hostname or " " in text:
                raise AnswerError("url")
            return text

        return read

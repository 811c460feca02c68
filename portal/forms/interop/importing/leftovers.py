"""An element whose parts are taken out one by one; what is left stays verbatim."""

from typing import Any

from portal.forms.definition import Text
from portal.forms.definition.shapes import LANGUAGE, MAX_TEXT
from portal.forms.interop.access import TRANSLATION, Json, extensions, objects, text, value_of

_PLAIN_KEYS = frozenset({"url"})


class Leftovers:
    """The members of one element. A ``take`` succeeds only for content of the expected shape."""

    def __init__(self, node: Json) -> None:
        self.node = dict(node)

    def has(self, key: str) -> bool:
        """Whether a member is still there."""
        return key in self.node

    def take(self, key: str, kind: type) -> Any:
        """Take a member of a type out, or return None and leave it."""
        value = self.node.get(key)
        fits = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
        if not fits or f"_{key}" in self.node:
            return None
        return self.node.pop(key)

    def take_flag(self, key: str) -> bool:
        """Take a boolean out; false says nothing and disappears."""
        return self.take(key, bool) is True

    def take_text(self, key: str, language: str) -> Text:
        """Take a text with its translations out; {} when it is not just these."""
        words = self.node.get(key)
        if not isinstance(words, str) or not 0 < len(words) <= MAX_TEXT:
            return {}
        beside = self.node.get(f"_{key}")
        others = translations(beside)
        if (beside is not None and others is None) or language in (others or {}):
            return {}
        self.node.pop(key)
        self.node.pop(f"_{key}", None)
        return {language: words, **(others or {})}

    def take_extensions(self, url: str, kind: str) -> list[Any]:
        """Take every extension with this address out when each holds a plain ``value[x]``."""
        found = extensions(self.node, url)
        values = [one.get(f"value{kind}") for one in found]
        if not found or any(set(one) != {"url", f"value{kind}"} for one in found):
            return []
        self.drop(found)
        return values

    def take_extension(self, url: str, *kinds: str) -> Any:
        """Take the only extension with this address out, of one of these types, or return None."""
        for kind in kinds:
            if len(extensions(self.node, url)) == 1:
                values = self.take_extensions(url, kind)
                if values:
                    return values[0]
        return None

    def take_extension_text(self, url: str, language: str) -> Text:
        """Take a text out of an extension, with its translations."""
        found = extensions(self.node, url)
        if len(found) != 1:
            return {}
        inner = Leftovers(found[0])
        words = inner.take_text("valueString", language)
        if not words or set(inner.node) != _PLAIN_KEYS:
            return {}
        self.drop(found)
        return words

    def drop(self, found: list[Json]) -> None:
        """Take extensions out; an empty list goes with them."""
        listed = self.node.get("extension")
        rest = (
            [one for one in listed if not any(one is other for other in found)]
            if isinstance(listed, list)
            else []
        )
        if rest:
            self.node["extension"] = rest
        else:
            self.node.pop("extension", None)

    def extensions(self, url: str) -> list[Json]:
        """Return the extensions with this address, leaving them."""
        return extensions(self.node, url)

    def rest(self) -> Json:
        """Return what was not taken."""
        return self.node


def translations(beside: Any) -> Text | None:
    """Return the translations beside a text; None when more than translations stands there."""
    if beside is None:
        return {}
    if not isinstance(beside, dict) or set(beside) != {"extension"}:
        return None
    found: Text = {}
    for one in objects(beside, "extension"):
        parts = {text(part, "url"): value_of(part)[1] for part in objects(one, "extension")}
        language, words = parts.get("lang"), parts.get("content")
        fits = (
            set(one) == {"url", "extension"}
            and one.get("url") == TRANSLATION
            and set(parts) == {"lang", "content"}
            and isinstance(language, str)
            and isinstance(words, str)
            and LANGUAGE.fullmatch(language)
            and 0 < len(words) <= MAX_TEXT
        )
        if not fits or language in found:
            return None
        found[str(language)] = str(words)
    return found if len(found) == len(objects(beside, "extension")) else None

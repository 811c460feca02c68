"""BCP 47 language tags: language, script, region, variants, extensions, private use (RFC 5646)."""

import re
from functools import lru_cache

from portal.terminology.grammars.result import GrammarError, Parsed
from portal.terminology.index import Index

_TAG = re.compile(
    r"^(?P<language>[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4}|[a-z]{5,8})"
    r"(?:-(?P<script>[a-z]{4}))?(?:-(?P<region>[a-z]{2}|\d{3}))?"
    r"(?P<variants>(?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}))*)"
    r"(?P<extensions>(?:-[0-9a-wy-z](?:-[a-z0-9]{2,8})+)*)"
    r"(?P<private>-x(?:-[a-z0-9]{1,8})+)?$",
    re.IGNORECASE,
)
_PRIVATE = re.compile(r"^x(?:-[a-z0-9]{1,8})+$", re.IGNORECASE)
_MAX_LENGTH = 100
_OWN_REGION = re.compile(r"^(?:AA|Q[M-Z]|X[A-Z]|ZZ|\d{3})$")
_OWN_SCRIPT = re.compile(r"^Qa(?:a[a-z]|b[a-x])$")


class Bcp47:
    """Parses tags; with an index, the language must be one it knows (or ``qaa`` to ``qtz``).

    Scripts and regions must be those of ISO 15924 and ISO 3166, or for private use.
    """

    def __init__(self, index: Index | None = None) -> None:
        self._index = index

    def parse(self, text: str) -> Parsed:
        """Return the tag in its usual spelling (``de-AT``, ``zh-Hant-TW``) with a display."""
        if len(text) <= _MAX_LENGTH and _PRIVATE.match(text):
            return Parsed(text.lower(), "private use", {"private": text.lower()})
        match = _TAG.match(text) if len(text) <= _MAX_LENGTH else None
        if not match:
            raise GrammarError(text, 0, "a language tag such as de, de-AT or zh-Hant")
        parts = {name: value.strip("-") for name, value in match.groupdict(default="").items()}
        language, *extended = parts["language"].lower().split("-")
        name = self._name(text, language)
        parts["script"] = parts["script"].title()
        parts["region"] = parts["region"].upper()
        rest = [*extended, parts["script"], parts["region"]]
        tail = [parts["variants"].lower(), parts["extensions"].lower(), parts["private"].lower()]
        code = "-".join(part for part in (language, *rest, *tail) if part)
        said = [_script(text, parts["script"]), _region(text, parts["region"]), *tail]
        said = [part for part in said if part]
        return Parsed(code, f"{name} ({', '.join(said)})" if said else name, parts)

    def is_below(self, code: str, ancestor: str) -> bool:
        """Say whether ``ancestor`` as a language range has the tag (RFC 4647, extended filtering)."""
        first, *rest = code.lower().split("-")
        wanted, *ranges = ancestor.lower().split("-")
        if first != wanted:
            return False
        for part in ranges:
            while rest and rest[0] != part:
                if len(rest[0]) == 1:
                    return False
                rest.pop(0)
            if not rest:
                return False
            rest.pop(0)
        return True

    def _name(self, text: str, language: str) -> str:
        if self._index is None or "qaa" <= language <= "qtz":
            return language
        found = self._index.concept(language)
        if found is None:
            aliases = self._index.by_form(language)
            concepts = self._index.concepts(number for number, _kind in aliases)
            short = next(iter(concepts.values()), None)
            hint = short.code if short else ""
            raise GrammarError(text, 0, "a language of ISO 639", hint)
        return found.display


def _region(text: str, region: str) -> str:
    if not region or _OWN_REGION.match(region):
        return region
    name = _names("countries").get(region)
    if name is None:
        raise GrammarError(text, 0, f"a region of ISO 3166 instead of {region}")
    return name


def _script(text: str, script: str) -> str:
    if not script or _OWN_SCRIPT.match(script):
        return script
    name = _names("scripts").get(script)
    if name is None:
        raise GrammarError(text, 0, f"a script of ISO 15924 instead of {script}")
    return name


@lru_cache(maxsize=2)
def _names(kind: str) -> dict[str, str]:
    # Loaded on first use: reading the lists takes longer than all of the rest.
    import pycountry

    if kind == "scripts":
        return {str(entry.alpha_4): str(entry.name) for entry in pycountry.scripts}
    return {
        str(entry.alpha_2): str(getattr(entry, "common_name", entry.name))
        for entry in pycountry.countries
    }

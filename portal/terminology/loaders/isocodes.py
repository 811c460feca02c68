"""ISO 3166-1 countries and ISO 639 languages from the installed pycountry (Debian iso-codes).

Nothing is copied: names in other languages come from the package's own gettext catalogues.
"""

import gettext
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import pycountry

from portal.terminology import records as r
from portal.terminology.inputs import InputFile
from portal.terminology.loaders import BaseLoader


class IsoCodesLoader(BaseLoader):
    """Countries for the option ``set: countries``, languages for ``set: languages``."""

    def read(self, file: InputFile) -> Iterator[r.Record]:
        """Yield the package's records; the file given is only the request to do so."""
        del file
        yield r.Header(version("pycountry"))
        if self.context.options.get("set", "countries") == "languages":
            yield from self._languages()
        else:
            yield from self._countries()

    def _translations(self, domain: str) -> Iterator[tuple[str, gettext.NullTranslations]]:
        for language in self.context.pack.languages:
            if language != "en":
                yield (
                    language,
                    gettext.translation(
                        domain, pycountry.LOCALES_DIR, languages=[language], fallback=True
                    ),
                )

    def _countries(self) -> Iterator[r.Record]:
        catalogues = list(self._translations("iso3166-1"))
        for country in pycountry.countries:
            code = country.alpha_2
            yield r.Concept(code, country.name, kind="country")
            for field in ("common_name", "official_name"):
                if hasattr(country, field):
                    yield r.Designation(code, getattr(country, field), "en", r.SYNONYM)
            for other in (country.alpha_3, country.numeric):
                yield r.Replacement(other, code, r.ALTERNATIVE)
            yield from _translated(code, country, catalogues)

    def _languages(self) -> Iterator[r.Record]:
        catalogues = list(self._translations("iso639-3"))
        for language in pycountry.languages:
            short = getattr(language, "alpha_2", "")
            code = short or language.alpha_3
            yield r.Concept(code, language.name, kind="language")
            if hasattr(language, "inverted_name"):
                yield r.Designation(code, language.inverted_name, "en", r.SYNONYM)
            if short:
                yield r.Weight(code, 100)
                yield r.Replacement(language.alpha_3, code, r.ALTERNATIVE)
                yield from _translated(code, language, catalogues)


def _translated(
    code: str, entry: Any, catalogues: list[tuple[str, gettext.NullTranslations]]
) -> Iterator[r.Record]:
    """Yield the names that a catalogue has; a name equal to the English one counts too.

    gettext answers with the English text both when a language spells it alike and when nobody has
    translated it, so equality alone says nothing; the English name is then the best there is.
    """
    for language, catalogue in catalogues:
        name = catalogue.gettext(getattr(entry, "common_name", entry.name))
        if name != entry.name:
            yield r.Designation(code, name, language, r.PREFERRED)

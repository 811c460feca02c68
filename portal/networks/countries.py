"""Names of countries and languages, from the Unicode CLDR as Babel carries it."""

from functools import lru_cache

from babel import Locale

# The 24 official languages of the Union first, then those of associated and neighbouring countries.
SPOKEN = (
    *(
        "bg",
        "cs",
        "da",
        "de",
        "el",
        "en",
        "es",
        "et",
        "fi",
        "fr",
        "ga",
        "hr",
        "hu",
        "it",
        "lt",
        "lv",
    ),
    *("mt", "nl", "pl", "pt", "ro", "sk", "sl", "sv"),
    *("ar", "ca", "eu", "fa", "gl", "he", "is", "lb", "nb", "ru", "sr", "tr", "uk"),
)


@lru_cache(maxsize=32)
def _locale(language: str) -> Locale:
    return Locale.parse(language)


def country_name(code: str, language: str = "en") -> str:
    """Return the name of a country by its ISO 3166-1 code, or the code when it has no name."""
    return str(_locale(language).territories.get(code.upper(), code)) if code else ""


def language_name(code: str, language: str = "en") -> str:
    """Return the name of a language by its BCP 47 code, or the code when it has no name."""
    return str(_locale(language).languages.get(code, code))


def language_choices(language: str = "en") -> list[tuple[str, str]]:
    """Return (code, name) of the languages that a person may tick, by name."""
    return sorted(((c, language_name(c, language)) for c in SPOKEN), key=lambda pair: pair[1])


@lru_cache(maxsize=8)
def country_choices(language: str = "en") -> list[tuple[str, str]]:
    """Return (code, name) of all countries, by name."""
    names = _locale(language).territories.items()
    countries = [(c, str(n)) for c, n in names if len(c) == 2 and c.isalpha() and c not in _NOT]
    return sorted(countries, key=lambda pair: pair[1])


_NOT = frozenset(
    {"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO", "AC", "CP", "DG", "EA", "IC", "TA", "CQ"}
)

"""The words of this feature: purposes of consent, states of a patient, signers, sexes."""

from enum import StrEnum


class Purpose(StrEnum):
    """What a patient may consent to."""

    CARE = "care"
    REGISTRIES = "registries"
    RESEARCH = "research"


PURPOSE_LABELS: dict[str, str] = {
    Purpose.CARE: "Advice on care",
    Purpose.REGISTRIES: "Databases and registries of the network",
    Purpose.RESEARCH: "Being contacted for research",
}

PURPOSE_SHORT: dict[str, str] = {
    Purpose.CARE: "Consent for care",
    Purpose.REGISTRIES: "Registries",
    Purpose.RESEARCH: "Research contact",
}

PURPOSE_HINTS: dict[str, str] = {
    Purpose.CARE: "Experts in other hospitals may see the pseudonymised case. Needed to enrol.",
    Purpose.REGISTRIES: "The case, without the name, may go into databases of the network.",
    Purpose.RESEARCH: "The hospital may ask the patient about research projects.",
}

SIGNERS: dict[str, str] = {
    "patient": "The patient",
    "guardian": "A parent or guardian",
}

SEXES: dict[str, str] = {
    "female": "Female",
    "male": "Male",
    "other": "Intersex or other",
    "unknown": "Not known",
}


class Status(StrEnum):
    """Where a patient's record stands."""

    ENROLLED = "enrolled"
    INACTIVE = "inactive"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"


STATUS_LABELS: dict[str, str] = {
    Status.ENROLLED: "Enrolled",
    Status.INACTIVE: "Inactive",
    Status.WITHDRAWN: "Consent withdrawn, locked",
    Status.ERASED: "Identity erased",
}
LOCKED = frozenset({Status.WITHDRAWN, Status.ERASED})

# The 24 official languages of the Union by their own names, in the order of their codes.
LANGUAGES: dict[str, str] = {
    "bg": "български",
    "cs": "čeština",
    "da": "dansk",
    "de": "Deutsch",
    "el": "ελληνικά",
    "en": "English",
    "es": "español",
    "et": "eesti",
    "fi": "suomi",
    "fr": "français",
    "ga": "Gaeilge",
    "hr": "hrvatski",
    "hu": "magyar",
    "it": "italiano",
    "lt": "lietuvių",
    "lv": "latviešu",
    "mt": "Malti",
    "nl": "Nederlands",
    "pl": "polski",
    "pt": "português",
    "ro": "română",
    "sk": "slovenčina",
    "sl": "slovenščina",
    "sv": "svenska",
}

# Countries whose hospitals take part or send patients: the Union, the EEA, and neighbours.
COUNTRIES: dict[str, str] = {
    "AT": "Austria",
    "BE": "Belgium",
    "BG": "Bulgaria",
    "HR": "Croatia",
    "CY": "Cyprus",
    "CZ": "Czechia",
    "DK": "Denmark",
    "EE": "Estonia",
    "FI": "Finland",
    "FR": "France",
    "DE": "Germany",
    "GR": "Greece",
    "HU": "Hungary",
    "IS": "Iceland",
    "IE": "Ireland",
    "IT": "Italy",
    "LV": "Latvia",
    "LI": "Liechtenstein",
    "LT": "Lithuania",
    "LU": "Luxembourg",
    "MT": "Malta",
    "NL": "Netherlands",
    "NO": "Norway",
    "PL": "Poland",
    "PT": "Portugal",
    "RO": "Romania",
    "SK": "Slovakia",
    "SI": "Slovenia",
    "ES": "Spain",
    "SE": "Sweden",
    "UA": "Ukraine",
    "XX": "Another country",
}

# The language that people of a country most often sign in; only a suggestion in forms.
COUNTRY_LANGUAGE: dict[str, str] = {
    "AT": "de", "BE": "nl", "BG": "bg", "CY": "el", "CZ": "cs", "DE": "de", "DK": "da", "EE": "et",
    "ES": "es", "FI": "fi", "FR": "fr", "GR": "el", "HR": "hr", "HU": "hu", "IE": "en", "IT": "it",
    "LI": "de", "LT": "lt", "LU": "fr", "LV": "lv", "MT": "mt", "NL": "nl", "PL": "pl", "PT": "pt",
    "RO": "ro", "SE": "sv", "SI": "sl", "SK": "sk",
}  # fmt: skip

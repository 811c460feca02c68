"""The typed model of a form definition: what the YAML says, with lines and comments gone.

Texts are ``{language: text}``. Expressions stay text here; ``portal.forms.compile`` parses them.
Every struct is frozen and JSON-able by msgspec; the canonical JSON of a ``FormDefinition`` is
what a form's hash is taken over.
"""

from typing import Any

import msgspec

Text = dict[str, str]

CONTAINERS = frozenset({"section", "group", "table"})
QUESTIONS = frozenset(
    {
        "text",
        "long_text",
        "integer",
        "decimal",
        "quantity",
        "yes_no",
        "date",
        "datetime",
        "time",
        "choice",
        "file",
        "url",
        "reference",
    }
)
TYPES = CONTAINERS | QUESTIONS | {"note"}


class _Struct(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Base: immutable, keyword arguments, defaults left out of the JSON."""


class Coding(_Struct, frozen=True):
    """A code of a code system, resolved from ``PREFIX:code label``."""

    system: str
    code: str
    display: str = ""
    version: str = ""


class Option(_Struct, frozen=True):
    """One choosable answer. ``system`` is empty for codes that belong to the form itself."""

    code: str
    system: str = ""
    label: Text = {}
    help: Text = {}
    score: str = ""
    exclusive: bool = False
    default: bool = False
    show_if: str = ""
    fhir: dict[str, Any] = {}


class Prefill(_Struct, frozen=True):
    """Where a first value comes from: the last observation of a code, or an expression."""

    last: Coding | None = None
    within: str = ""
    expression: str = ""


class Rule(_Struct, frozen=True):
    """A cross-field check; ``at`` names the item that shows the message."""

    id: str
    check: str
    message: Text
    severity: str = "error"
    at: str = ""


class Item(_Struct, frozen=True):
    """One entry of a form: a container, a note or a question. Fields are the YAML keywords."""

    id: str
    type: str
    label: Text = {}
    number: str = ""
    short_label: Text = {}
    help: Text = {}
    code: tuple[Coding, ...] = ()
    required: bool = False
    required_if: str = ""
    read_only: bool = False
    hidden: bool = False
    default: Any = None
    multiple: bool = False
    repeats: bool = False
    at_least: int = 0
    at_most: int = 0
    min: str = ""
    max: str = ""
    decimals: int | None = None
    step: str = ""
    min_length: int = 0
    max_length: int = 0
    pattern: str = ""
    pattern_help: Text = {}
    precision: str = ""
    options: tuple[Option, ...] = ()
    option_list: str = ""
    options_from: tuple[str, ...] = ()
    other: bool = False
    other_label: Text = {}
    unit: str = ""
    units: tuple[str, ...] = ()
    units_open: bool = False
    control: str = ""
    layout: str = ""
    width: int = 0
    placeholder: Text = {}
    link: str = ""
    accept: tuple[str, ...] = ()
    max_size: str = ""
    of: tuple[str, ...] = ()
    show_if: str = ""
    value: str = ""
    prefill: Prefill | None = None
    extract: dict[str, Any] = {}
    rules: tuple[Rule, ...] = ()
    weight: str = ""
    sensitive: tuple[str, ...] = ()
    was: tuple[str, ...] = ()
    replaceable: bool = False
    origin: str = ""
    fhir: dict[str, Any] = {}
    items: "tuple[Item, ...]" = ()

    @property
    def is_container(self) -> bool:
        """Whether the item only holds others."""
        return self.type in CONTAINERS

    @property
    def is_question(self) -> bool:
        """Whether the item takes an answer (types that plugins register do)."""
        return self.type not in CONTAINERS and self.type != "note"


class Check(_Struct, frozen=True):
    """The author's own test: answers given, outcome expected."""

    given: dict[str, Any]
    expect: dict[str, Any]
    name: str = ""
    context: dict[str, Any] = {}


class Migration(_Struct, frozen=True):
    """How answers of older versions (``from_versions``, a semver range) become today's."""

    from_versions: str = msgspec.field(name="from")
    rename: dict[str, str] = {}
    recode: dict[str, dict[str, str]] = {}
    split: dict[str, dict[str, str]] = {}
    join: dict[str, str] = {}
    convert_unit: dict[str, str] = {}
    drop: dict[str, str] = {}


class Retired(_Struct, frozen=True):
    """The tombstone of an id that must never be used again."""

    until: str = ""
    reason: str = ""
    type: str = ""


class FormDefinition(_Struct, frozen=True):
    """A whole form, after includes (and overlays) have been applied."""

    form: str
    version: str
    title: Text = {}
    description: Text = {}
    url: str = ""
    status: str = ""
    publisher: str = ""
    languages: tuple[str, ...] = ("en",)
    codes: dict[str, str] = {}
    lists: dict[str, tuple[Option, ...]] = {}
    let: dict[str, str] = {}
    items: tuple[Item, ...] = ()
    rules: tuple[Rule, ...] = ()
    due: dict[str, str] = {}
    views: dict[str, tuple[str, ...]] = {}
    checks: tuple[Check, ...] = ()
    migrations: tuple[Migration, ...] = ()
    retired: dict[str, Retired] = {}
    assembled_from: tuple[str, ...] = ()
    derived_from: str = ""
    fhir: dict[str, Any] = {}

    @property
    def language(self) -> str:
        """The language in which the author writes."""
        return self.languages[0] if self.languages else "en"


def in_language(text: Text, language: str, fallback: str = "en") -> str:
    """Return ``text`` in the language, else its base language, else the fallback, else any."""
    if not text:
        return ""
    for wanted in (language, language.split("-", maxsplit=1)[0], fallback):
        if wanted in text:
            return text[wanted]
    return next(iter(text.values()))

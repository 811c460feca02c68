"""Kinds of fields: one small class each, one mapping from type to class.

A plugin adds its own with :func:`register`; a name that is taken is refused.
"""

from portal.forms.definition.model import QUESTIONS
from portal.forms.definition.vocabulary import REGISTERED
from portal.forms.kinds.base import AnswerError, Field, Kind
from portal.forms.kinds.choices import ChoiceKind, YesNoKind
from portal.forms.kinds.links import (
    FileKind,
    GroupKind,
    NoteKind,
    ReferenceKind,
    SectionKind,
    TableKind,
)
from portal.forms.kinds.moments import DateKind, DateTimeKind, TimeKind
from portal.forms.kinds.numbers import DecimalKind, IntegerKind, QuantityKind
from portal.forms.kinds.texts import LongTextKind, TextKind, UrlKind

KINDS: dict[str, Kind] = {
    kind.name: kind()
    for kind in (
        TextKind,
        LongTextKind,
        UrlKind,
        IntegerKind,
        DecimalKind,
        QuantityKind,
        YesNoKind,
        DateKind,
        DateTimeKind,
        TimeKind,
        ChoiceKind,
        FileKind,
        ReferenceKind,
        NoteKind,
        GroupKind,
        SectionKind,
        TableKind,
    )
}

__all__ = ["KINDS", "AnswerError", "Field", "Kind", "kind_of", "register"]


def kind_of(type_name: str) -> Kind:
    """Return the kind behind an item's ``type``."""
    return KINDS[type_name]


def register(kind: Kind, *, like: str) -> None:
    """Add a kind of field whose items take the keywords of the built-in type ``like``.

    Raises ``ValueError`` when the name is taken by another kind or ``like`` is not built in.
    """
    if type(KINDS.get(kind.name)) is type(kind):
        return
    if kind.name in KINDS or like not in QUESTIONS:
        raise ValueError(f"the type '{kind.name}' cannot be added (like '{like}')")
    KINDS[kind.name] = kind
    REGISTERED[kind.name] = like

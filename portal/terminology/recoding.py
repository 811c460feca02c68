"""Which stored codes a newer release has retired, renamed or moved, and what to use instead.

A stored answer keeps system, version, code and display as they were shown; nothing here changes it.
The result is a work list: people decide.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.terminology import concepts
from portal.terminology.index import ConceptRow, Index
from portal.terminology.words import key_of_plain, plain

if TYPE_CHECKING:
    from portal.terminology.service import Terminology

RETIRED, GONE, RENAMED, MERGED = "retired", "gone", "renamed", "merged"
SAME_NAME, FORMER_CODE = "same-name", "former-code"


@dataclass(frozen=True)
class StoredCoding:
    """A coding as an answer keeps it. ``pack``: its id, or the system's URI."""

    pack: str
    code: str
    display: str = ""
    version: str = ""


@dataclass(frozen=True)
class Choice:
    """A code of the active release to use instead; ``reason`` is the publisher's, or ours."""

    code: str
    display: str
    reason: str


@dataclass(frozen=True)
class Outdated:
    """One stored coding that the active release sees differently.

    ``problem``: ``retired`` (still there, not for use), ``merged`` (the code is now a former code of
    another concept), ``gone``, or ``renamed`` (``display`` is the name today; nothing is wrong).
    """

    coding: StoredCoding
    problem: str
    version: str
    display: str = ""
    choices: tuple[Choice, ...] = ()


def outdated(
    terms: "Terminology", codings: Iterable[StoredCoding], languages: Sequence[str] = ("en",)
) -> list[Outdated]:
    """Return those codings whose code or name the active release of their pack no longer has.

    Systems that are a grammar have no releases that retire codes; they are passed over.
    """
    found = []
    for coding in dict.fromkeys(codings):
        pack = terms.names.get(coding.pack)
        index = terms.index(pack.id)
        if index is None or pack.grammar or coding.version == index.version:
            continue
        concept = concepts.find(pack, index, coding.code)
        entry = _judge(index, coding, concept, [*languages, "en"])
        if entry is not None:
            found.append(entry)
    return found


def _judge(
    index: Index, coding: StoredCoding, concept: ConceptRow | None, languages: list[str]
) -> Outdated | None:
    if concept is None:
        former = _former(index, coding, languages)
        choices = _replacements(index, coding.code, languages) or former
        problem = MERGED if former else GONE
        return Outdated(
            coding, problem, index.version, "", choices or _namesakes(index, coding, languages)
        )
    shown = index.display(concept, languages).text
    if not concept.active:
        choices = _replacements(index, concept.code, languages)
        choices = choices or _namesakes(index, coding, languages)
        return Outdated(coding, RETIRED, index.version, shown, choices)
    names = {plain(name.text) for name in index.names(concept.id)} | {plain(concept.display)}
    if coding.display and plain(coding.display) not in names:
        return Outdated(coding, RENAMED, index.version, shown)
    return None


def _replacements(index: Index, code: str, languages: list[str]) -> tuple[Choice, ...]:
    """Return what the publisher says: the codes that take the place of a retired one."""
    out = []
    for new, relation, _via in index.replacements(code):
        concept = index.concept(new)
        if concept is not None and concept.active:
            out.append(Choice(new, index.display(concept, languages).text, relation))
    return tuple(out)


def _former(index: Index, coding: StoredCoding, languages: list[str]) -> tuple[Choice, ...]:
    ids = [number for number, kind in index.by_form(coding.code) if kind != "code"]
    return tuple(
        Choice(concept.code, index.display(concept, languages).text, FORMER_CODE)
        for concept in index.concepts(ids).values()
        if concept.active
    )


def _namesakes(index: Index, coding: StoredCoding, languages: list[str]) -> tuple[Choice, ...]:
    """Return concepts in use that carry exactly the stored name."""
    if not coding.display:
        return ()
    sql = (
        "SELECT DISTINCT d.concept FROM designation d JOIN concept c ON c.id=d.concept "
        "WHERE d.key=? AND d.plain=? AND c.active=1 LIMIT 5"
    )
    name = plain(coding.display)
    ids = [number for (number,) in index.rows(sql, (key_of_plain(name), name))]
    return tuple(
        Choice(concept.code, index.display(concept, languages).text, SAME_NAME)
        for concept in index.concepts(ids).values()
    )

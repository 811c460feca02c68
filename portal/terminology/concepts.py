"""Questions about one code: look-up, validation, subsumption, neighbours."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from portal.kernel.errors import nearest
from portal.terminology.candidates import Restriction
from portal.terminology.errors import UnknownCodeError
from portal.terminology.grammars import GrammarError, grammar
from portal.terminology.index import ConceptRow, Index, Name
from portal.terminology.packs import Pack
from portal.terminology.search import Hit
from portal.terminology.words import plain


@dataclass(frozen=True)
class ConceptView:
    """Everything known of one code in one release."""

    pack: str
    system: str
    version: str
    code: str
    shown_code: str
    display: str
    language: str
    active: bool = True
    selectable: bool = True
    kind: str = ""
    definition: str = ""
    designations: tuple[Name, ...] = ()
    parents: tuple[str, ...] = ()
    children: tuple[str, ...] = ()
    properties: tuple[tuple[str, str, str], ...] = ()
    replacements: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class Validation:
    """Whether a code may be used; ``message`` says why not, or what to mind."""

    ok: bool
    message: str = ""
    display: str = ""
    inactive: bool = False
    replaced_by: str = ""
    issues: tuple[str, ...] = field(default=())


def find(pack: Pack, index: Index, code: str) -> ConceptRow | None:
    """Return the concept of a code, in any case where the pack's codes do not mind case."""
    found = index.concept(code)
    if found is None and not pack.case_sensitive:
        ids = [number for number, kind in index.by_form(code) if kind == "code"]
        found = next(iter(index.concepts(ids).values()), None)
    return found


def lookup(pack: Pack, index: Index | None, code: str, languages: Sequence[str]) -> ConceptView:
    """Return the view of a code: listed, or an expression that the pack's grammar accepts."""
    concept = find(pack, index, code) if index else None
    if concept is None or index is None:
        return _expression(pack, index, code)
    name = index.display(concept, [*languages, "en"])
    neighbours = {way: index.related(concept.id, way) for way in ("parents", "children")}
    known = index.concepts(number for ids in neighbours.values() for number in ids)
    return ConceptView(
        pack=pack.id,
        system=pack.canonical,
        version=index.version,
        code=concept.code,
        shown_code=pack.shown(concept.code),
        display=name.text,
        language=name.lang,
        active=bool(concept.active),
        selectable=bool(concept.selectable),
        kind=concept.kind,
        definition=concept.definition,
        designations=tuple(index.names(concept.id)),
        parents=tuple(known[number].code for number in neighbours["parents"]),
        children=tuple(known[number].code for number in neighbours["children"]),
        properties=tuple(index.properties(concept.id)),
        replacements=tuple(index.replacements(concept.code)),
    )


def _expression(pack: Pack, index: Index | None, code: str) -> ConceptView:
    if not pack.grammar:
        raise unknown_code(pack, index, code)
    try:
        parsed = grammar(pack.grammar, index).parse(code)
    except GrammarError as error:
        raise UnknownCodeError(
            pack.id, code, index.version if index else "", error.nearest
        ) from error
    return ConceptView(
        pack=pack.id,
        system=pack.canonical,
        version=index.version if index else "",
        code=parsed.code,
        shown_code=pack.shown(parsed.code),
        display=parsed.display,
        language="en",
        properties=tuple((name, value, "string") for name, value in parsed.parts.items() if value),
    )


def unknown_code(pack: Pack, index: Index | None, code: str) -> UnknownCodeError:
    """Make the error for a code that is not there, naming the nearest one that is."""
    if index is None:
        return UnknownCodeError(pack.id, code, "")
    ids = [number for number, _kind in index.by_form(code)] or index.codes_from(code[:-1], 50)
    near = [concept.code for concept in index.concepts(ids).values()]
    suggestion = near[0] if len(near) == 1 else nearest(code, near)
    return UnknownCodeError(pack.id, code, index.version, suggestion)


def validate(
    pack: Pack,
    index: Index | None,
    code: str,
    display: str,
    within: Restriction,
    languages: Sequence[str],
) -> Validation:
    """Check existence, membership of the value set, activity and display, in that order."""
    try:
        view = lookup(pack, index, code, languages)
    except UnknownCodeError as error:
        return Validation(ok=False, message=error.message)
    if not _belongs(pack, index, view, within):
        message = f"'{view.shown_code}' ({view.display}) is not in the value set."
        return Validation(ok=False, message=message, display=view.display)
    if not view.active:
        new = view.replacements[0][0] if view.replacements else ""
        hint = f" Use '{pack.shown(new)}' instead." if new else ""
        message = f"'{view.shown_code}' is no longer in use in {pack.id} {view.version}.{hint}"
        return Validation(
            ok=False, message=message, display=view.display, inactive=True, replaced_by=new
        )
    known = {plain(name.text) for name in view.designations} | {plain(view.display)}
    if display and plain(display) not in known:
        message = (
            f"'{display}' is not a name of '{view.shown_code}'; it is called '{view.display}'."
        )
        return Validation(ok=False, message=message, display=view.display)
    return Validation(ok=True, display=view.display)


def _belongs(pack: Pack, index: Index | None, view: ConceptView, within: Restriction) -> bool:
    """Say whether a concept is in the value set; an expression is when its whole grammar is."""
    if not within.sql:
        return True
    if index is None or index.concept(view.code) is None:
        return bool(pack.grammar) and within.sql in {"(c.active=1)", "((c.active=1))"}
    sql = f"SELECT 1 FROM concept c WHERE c.code=? AND (c.active=0 OR {within.sql})"  # noqa: S608
    return bool(index.rows(sql, (view.code, *within.values)))


def subsumes(pack: Pack, index: Index | None, code_a: str, code_b: str) -> str:
    """Return how A stands to B; both must exist."""
    found = [find(pack, index, code) if index else None for code in (code_a, code_b)]
    for code, concept in zip((code_a, code_b), found, strict=True):
        if concept is None:
            raise unknown_code(pack, index, code)
    first, second = found
    if index is None or first is None or second is None or first.id == second.id:
        return "equivalent"
    if index.is_below(second.id, first.id):
        return "subsumes"
    return "subsumed-by" if index.is_below(first.id, second.id) else "not-subsumed"


def related(
    pack: Pack, index: Index | None, code: str, direction: str, languages: Sequence[str]
) -> list[Hit]:
    """Return neighbours of a code as hits without a score."""
    concept = find(pack, index, code) if index else None
    if index is None or concept is None:
        raise unknown_code(pack, index, code)
    ids = index.related(concept.id, direction)
    return [plain_hit(index, found, languages) for found in index.concepts(ids).values()]


def plain_hit(index: Index, concept: ConceptRow, languages: Sequence[str]) -> Hit:
    """Return a concept as a hit that no query found."""
    name = index.display(concept, [*languages, "en"])
    return Hit(
        pack=index.pack.id,
        system=index.pack.canonical,
        version=index.version,
        code=concept.code,
        shown_code=index.pack.shown(concept.code),
        display=name.text,
        language=name.lang,
        matched=name.text,
        matched_language=name.lang,
        inactive=not concept.active,
        selectable=bool(concept.active and concept.selectable),
    )

"""What a release must satisfy before it may become active: counts, samples, a sound hierarchy."""

import re

from portal.kernel.errors import Issue
from portal.terminology.content import Content, find_cycle, parents_of
from portal.terminology.packs import Pack
from portal.terminology.words import plain


def check(content: Content, pack: Pack, *, sample: bool = False) -> list[Issue]:
    """Return every fault (severity ``error``) and remark (``warning``) about the content.

    A ``sample`` need not have the size of a whole release. Dangling edges are dropped here, with a
    warning, so that the index never holds half an edge.
    """
    found: list[Issue] = []
    if not sample:
        found += _counts(content, pack)
    found += _samples(content, pack)
    found += _codes(content, pack)
    found += _hierarchy(content)
    found += _names(content)
    return found


def _issue(message: str, pack: Pack | None = None, *, warn: bool = False) -> Issue:
    severity = "warning" if warn else "error"
    return Issue(message, file=pack.id if pack else "", severity=severity)


def _counts(content: Content, pack: Pack) -> list[Issue]:
    number, least = len(content.concepts), pack.checks.min_concepts
    if number < least:
        return [
            _issue(
                f"{number:,} concepts, but a whole release has at least {least:,}; "
                "is the file complete, and is it the right one?",
                pack,
            )
        ]
    return []


def _samples(content: Content, pack: Pack) -> list[Issue]:
    out = []
    for code, label in pack.checks.sample.items():
        concept = content.concepts.get(code)
        if concept is None:
            out.append(_issue(f"the well-known code '{code}' ({label}) is missing", pack))
        elif plain(label) not in _labels(content, code):
            out.append(_issue(f"'{code}' should be '{label}', found '{concept.display}'", pack))
    return out


def _labels(content: Content, code: str) -> set[str]:
    return {plain(text) for known, _lang, text in content.names if known == code}


def _codes(content: Content, pack: Pack) -> list[Issue]:
    if not pack.code_pattern:
        return []
    fits = re.compile(pack.code_pattern).fullmatch
    wrong = [c.code for c in content.concepts.values() if c.selectable and not fits(c.code)]
    if not wrong:
        return []
    message = f"{len(wrong):,} codes do not look like {pack.code_pattern}, such as '{wrong[0]}'"
    return [_issue(message, pack, warn=len(wrong) < 0.01 * len(content.concepts))]


def _hierarchy(content: Content) -> list[Issue]:
    out = []
    known = content.concepts
    dangling = {edge for edge in content.edges if edge[0] not in known or edge[1] not in known}
    if dangling:
        child, parent = min(dangling)
        message = f"{len(dangling):,} edges end in nothing, such as {child} → {parent}; left out"
        share = len(dangling) / len(content.edges)
        out.append(_issue(message, warn=share < 0.25))
        content.edges -= dangling
    cycle = find_cycle(parents_of(content.edges))
    if cycle:
        out.append(_issue(f"the hierarchy runs in a circle: {' → '.join(cycle)}"))
    return out


def _names(content: Content) -> list[Issue]:
    known = content.concepts
    orphans = [key for key in content.names if key[0] not in known]
    for key in orphans:
        del content.names[key]
    broken = [text for _code, _lang, text in content.names if "\ufffd" in text]
    out = []
    if orphans:
        message = (
            f"{len(orphans):,} names belong to codes this release lacks, such as {orphans[0][0]}"
        )
        out.append(_issue(message + "; left out", warn=True))
    if broken:
        out.append(_issue(f"{len(broken):,} names hold the sign for an unreadable character"))
    return out

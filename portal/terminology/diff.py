"""What changed between two releases of a pack: new, retired, relabelled and moved concepts."""

from dataclasses import dataclass, field

from portal.terminology.index import Index


@dataclass
class Difference:
    """Codes by kind of change; each list is sorted by code."""

    new: list[tuple[str, str]] = field(default_factory=list)
    retired: list[tuple[str, str]] = field(default_factory=list)
    gone: list[tuple[str, str]] = field(default_factory=list)
    relabelled: list[tuple[str, str, str]] = field(default_factory=list)
    moved: list[tuple[str, str, str]] = field(default_factory=list)


def compare(old: Index, new: Index) -> Difference:
    """Compare two releases of the same pack.

    ``retired``: active before, inactive now, with the code that replaces it; ``gone``: no longer
    there at all; ``moved``: other parents than before.
    """
    before = {c.code: c for c in old.all_concepts()}
    after = {c.code: c for c in new.all_concepts()}
    parents = (_parents(old), _parents(new))
    out = Difference()
    for code in sorted({*before, *after}):
        was, now = before.get(code), after.get(code)
        if was is None and now is not None:
            if now.active:
                out.new.append((code, now.display))
        elif was is not None and now is None:
            out.gone.append((code, was.display))
        elif was is not None and now is not None:
            if was.active and not now.active:
                out.retired.append((code, new.replacement(code)[0]))
            elif was.display != now.display and now.active:
                out.relabelled.append((code, was.display, now.display))
            above = parents[0].get(code, ""), parents[1].get(code, "")
            if above[0] != above[1] and now.active:
                out.moved.append((code, *above))
    return out


def _parents(index: Index) -> dict[str, str]:
    sql = (
        "SELECT c.code, group_concat(p.code, ' ') FROM edge e JOIN concept c ON c.id=e.child "
        "JOIN concept p ON p.id=e.parent GROUP BY e.child"
    )
    return {code: " ".join(sorted(above.split())) for code, above in index.rows(sql)}

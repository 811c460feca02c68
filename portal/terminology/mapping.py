"""Maps between systems, read forwards from a code's own pack and backwards from the others."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.terminology.packs import Pack
from portal.terminology.records import INVERSE, RELATED_TO

if TYPE_CHECKING:
    from portal.terminology.service import Terminology


@dataclass(frozen=True)
class MapView:
    """One correspondence. ``relation`` is FHIR's, seen from the code that was asked about."""

    target: str
    target_system: str
    code: str
    shown_code: str
    display: str
    relation: str
    origin: str
    version: str


def maps(terminology: "Terminology", pack: Pack, code: str, target: str) -> list[MapView]:
    """Return all correspondences of ``code``; ``target`` (a pack) narrows them.

    A pair that is found both ways is given once, with the more telling relation.
    """
    wanted = terminology.pack(target).id if target else ""
    found: dict[tuple[str, str], MapView] = {}
    for view in (*_forwards(terminology, pack, code), *_backwards(terminology, pack, code)):
        key = (view.target, view.code)
        known = found.get(key)
        if known is None or (known.relation == RELATED_TO != view.relation):
            found[key] = view
    views = [view for view in found.values() if wanted in ("", view.target)]
    return sorted(views, key=lambda v: (v.target, v.relation != "equivalent", v.code))


def _forwards(terminology: "Terminology", pack: Pack, code: str) -> list[MapView]:
    index = terminology.index(pack.id)
    if index is None:
        return []
    sql = "SELECT target, target_code, relation, origin, label FROM map WHERE code=?"
    return [
        _view(terminology, target, other, relation, origin, label, index.version)
        for target, other, relation, origin, label in index.rows(sql, (code,))
    ]


def _backwards(terminology: "Terminology", pack: Pack, code: str) -> list[MapView]:
    out = []
    sql = "SELECT code, relation, origin FROM map WHERE target=? AND target_code=?"
    for name in terminology.packs:
        index = terminology.index(name) if name != pack.id else None
        for other, relation, origin in index.rows(sql, (pack.id, code)) if index else ():
            turned = INVERSE.get(relation, relation)
            out.append(_view(terminology, name, other, turned, origin, "", index.version))  # type: ignore[union-attr]
    return out


def _view(
    terminology: "Terminology",
    target: str,
    code: str,
    relation: str,
    origin: str,
    label: str,
    version: str,
) -> MapView:
    pack = terminology.names.find(target)
    index = terminology.index(pack.id) if pack else None
    concept = index.concept(code) if index else None
    return MapView(
        target=pack.id if pack else target,
        target_system=pack.canonical if pack else target,
        code=code,
        shown_code=pack.shown(code) if pack else code,
        display=concept.display if concept else label,
        relation=relation,
        origin=origin,
        version=version,
    )

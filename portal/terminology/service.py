"""The terminology of this installation: packs, their active releases, and every question to them.

One :class:`Terminology` serves all threads of a process. It notices when another process loads or
activates a release, and indexes a pack's starter content the first time somebody asks for it.
"""

import threading
from collections.abc import Iterable, Sequence
from pathlib import Path

from portal.terminology import concepts, mapping, suggestion
from portal.terminology.candidates import Restriction
from portal.terminology.concepts import ConceptView, Validation
from portal.terminology.errors import UnknownReleaseError
from portal.terminology.index import Index
from portal.terminology.loading import Loading
from portal.terminology.mapping import MapView
from portal.terminology.membership import NOTHING, condition
from portal.terminology.packs import Pack, PackNames, read_packs
from portal.terminology.registry import ACTIVE, Registry, Release
from portal.terminology.scoring import ANY_ORDER
from portal.terminology.search import FORMER_CODE_SCORE, Hit, search_grammar, search_release
from portal.terminology.suggestion import Span
from portal.terminology.valuesets import ValueSet, ValueSets, read_value_sets


class Terminology:
    """All code systems of one installation, below ``<data_dir>/terminology``."""

    def __init__(
        self,
        data_dir: Path,
        packs_dir: Path | None = None,
        value_set_files: Iterable[Path] = (),
    ) -> None:
        self.packs: dict[str, Pack] = read_packs(packs_dir)
        self.names = PackNames(self.packs)
        self.registry = Registry(Path(data_dir) / "terminology")
        self.loading = Loading(self.registry, self.names)
        self.value_sets: ValueSets = read_value_sets(value_set_files, self.names)
        self._lock = threading.RLock()
        self._stamp: tuple[int, int] = (-1, -1)
        self._releases: dict[tuple[str, str], Release] = {}
        self._open: dict[tuple[str, str], Index] = {}
        self._started: set[str] = set()
        self._conditions: dict[tuple[str, str, str], Restriction] = {}

    def pack(self, name: str) -> Pack:
        """Return a pack by id, canonical URI, alias or OID, or raise UnknownPackError."""
        return self.names.get(name)

    def index(self, pack: str, version: str = "") -> Index | None:
        """Return the open index of a release (by default the active one).

        None only for a pack without any content (a pure grammar such as HGVS). An unknown version
        raises UnknownReleaseError.
        """
        found = self.names.get(pack)
        self._refresh()
        release = self._releases.get((found.id, version))
        if release is None or (release.sample and found.id not in self._started):
            self._start(found)
            release = self._releases.get((found.id, version))
        if release is None:
            if version:
                known = [v for p, v in self._releases if p == found.id and v]
                raise UnknownReleaseError(found.id, version, known)
            return None
        return self._opened(found, release)

    def releases(self, pack: str = "") -> list[Release]:
        """Return the installed releases of one pack or of all."""
        return self.registry.releases(self.names.get(pack).id if pack else "")

    def _opened(self, pack: Pack, release: Release) -> Index:
        key = (pack.id, release.file)
        index = self._open.get(key)
        if index is None:
            with self._lock:
                index = self._open.get(key)
                if index is None:
                    path = self.registry.folder / release.file
                    index = self._open[key] = Index(path, pack, release.version)
        return index

    def _refresh(self) -> None:
        """Read the registry again when it has changed; forget releases that were dropped."""
        stamp = self.registry.stamp()
        if stamp == self._stamp:
            return
        with self._lock:
            found: dict[tuple[str, str], Release] = {}
            for release in self.registry.releases():
                found[release.pack, release.version] = release
                if release.status == ACTIVE:
                    found[release.pack, ""] = release
            files = {(release.pack, release.file) for release in found.values()}
            for key in [key for key in self._open if key not in files]:
                del self._open[key]
            self._releases, self._conditions = found, {}
            self._stamp = stamp

    def _start(self, pack: Pack) -> None:
        """Index the starter content of a pack, unless that very content is indexed already."""
        with self._lock:
            if pack.id in self._started:
                return
            active = self._releases.get((pack.id, ""))
            if active is None or (
                active.sample and active.digest != self.loading.starter_digest(pack)
            ):
                self.loading.start(pack)
                self._stamp = (-1, -1)
                self._refresh()
            self._started.add(pack.id)

    def search(
        self,
        packs: Sequence[str],
        query: str,
        languages: Sequence[str] = ("en",),
        value_set: str | ValueSet | None = None,
        limit: int = 10,
    ) -> list[Hit]:
        """Return the best hits of all ``packs`` together, best first.

        Without packs, those of the value set are searched. Equally good hits keep the order of the
        packs. At most 50 hits are given.
        """
        limit = max(1, min(limit, 50))
        chosen = self._value_set(value_set)
        order = list(packs) or self.packs_of(chosen)
        scored: list[tuple[float, int, int, Hit]] = []
        for place, name in enumerate(order):
            hits = self._search_one(self.names.get(name), query, languages, chosen, limit)
            scored += [(-hit.score, place, rank, hit) for rank, hit in enumerate(hits)]
        scored.sort(key=lambda entry: entry[:3])
        if scored and scored[0][0] <= -FORMER_CODE_SCORE and any(c.isdigit() for c in query):
            # A code was typed: names that merely share some letters with it would only distract.
            scored = [entry for entry in scored if entry[0] <= -ANY_ORDER]
        return [entry[3] for entry in scored[:limit]]

    def _search_one(
        self,
        pack: Pack,
        query: str,
        languages: Sequence[str],
        value_set: ValueSet | None,
        limit: int,
    ) -> list[Hit]:
        index = self.index(pack.id)
        hits: list[Hit] = []
        if index is not None:
            within = self.condition(index, value_set)
            if within == NOTHING:
                return []
            hits = search_release(index, query, languages, within, limit)
        if pack.grammar and (value_set is None or pack.id in self.packs_of(value_set)):
            parsed = search_grammar(pack, index, query)
            if parsed is not None and all(hit.code != parsed.code for hit in hits):
                hits.insert(0, parsed)
        return hits[:limit]

    def _value_set(self, value_set: str | ValueSet | None) -> ValueSet | None:
        if value_set is None or isinstance(value_set, ValueSet):
            return value_set
        return self.value_sets.get(value_set) if value_set else None

    def packs_of(self, value_set: ValueSet | None) -> list[str]:
        """Return the ids of the packs that a value set speaks of, in its order."""
        if value_set is None:
            return sorted(self.packs)
        out: dict[str, None] = {}
        for part in value_set.include:
            if part.pack:
                out[part.pack] = None
            for name in () if part.pack else part.value_sets:
                out.update(dict.fromkeys(self.packs_of(self.value_sets.get(name))))
        return list(out)

    def condition(self, index: Index, value_set: ValueSet | None) -> Restriction:
        """Return the SQL condition of a value set on a release (kept until releases change)."""
        if value_set is None:
            return Restriction()
        key = (index.pack.id, index.version, value_set.id)
        known = self._conditions.get(key)
        if known is None:
            known = self._conditions[key] = condition(index, value_set, self.value_sets)
        return known

    def lookup(
        self, pack: str, code: str, version: str = "", languages: Sequence[str] = ("en",)
    ) -> ConceptView:
        """Return everything known of one code; raise UnknownCodeError with the nearest code."""
        return concepts.lookup(self.names.get(pack), self.index(pack, version), code, languages)

    def validate_code(
        self,
        pack: str,
        code: str,
        *,
        display: str = "",
        version: str = "",
        value_set: str | ValueSet | None = None,
        languages: Sequence[str] = ("en",),
    ) -> Validation:
        """Say whether a code exists, is usable, carries this display, and is in the value set."""
        found, index = self.names.get(pack), self.index(pack, version)
        chosen = self._value_set(value_set)
        within = Restriction() if index is None else self.condition(index, chosen)
        if index is None and chosen is not None and found.id not in self.packs_of(chosen):
            within = NOTHING
        return concepts.validate(found, index, code, display, within, languages)

    def subsumes(self, pack: str, code_a: str, code_b: str, version: str = "") -> str:
        """Return ``equivalent``, ``subsumes``, ``subsumed-by`` or ``not-subsumed`` (A to B)."""
        return concepts.subsumes(self.names.get(pack), self.index(pack, version), code_a, code_b)

    def related(
        self,
        pack: str,
        code: str,
        direction: str,
        version: str = "",
        languages: Sequence[str] = ("en",),
    ) -> list[Hit]:
        """Return ``parents``, ``children``, ``ancestors`` or ``descendants`` of a code."""
        found, index = self.names.get(pack), self.index(pack, version)
        return concepts.related(found, index, code, direction, languages)

    def children(self, pack: str, code: str, version: str = "") -> list[Hit]:
        """Return the concepts directly below a code."""
        return self.related(pack, code, "children", version)

    def ancestors(self, pack: str, code: str, version: str = "") -> list[Hit]:
        """Return all concepts above a code."""
        return self.related(pack, code, "ancestors", version)

    def maps(self, pack: str, code: str, target: str = "") -> list[MapView]:
        """Return what a code corresponds to in other systems, read in both directions."""
        return mapping.maps(self, self.names.get(pack), code, target)

    def suggest(
        self, text: str, packs: Sequence[str], language: str = "en", value_set: str = ""
    ) -> list[Span]:
        """Return the places of a pasted text that name a concept, with the hits for each."""
        return suggestion.suggest(self, text, packs, language, value_set)

    def close(self) -> None:
        """Close every open index."""
        with self._lock:
            for index in self._open.values():
                index.close()
            self._open.clear()
            self._stamp = (-1, -1)

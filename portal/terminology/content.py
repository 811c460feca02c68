"""What one load has read, in memory: collected from the loaders, then checked and indexed."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from portal.terminology import records as r
from portal.terminology.errors import LoadError


@dataclass
class Content:
    """All records of a release. ``unknown`` counts names of codes that no file declared."""

    version: str = ""
    title: str = ""
    concepts: dict[str, r.Concept] = field(default_factory=dict)
    names: dict[tuple[str, str, str], r.Designation] = field(default_factory=dict)
    edges: set[tuple[str, str]] = field(default_factory=set)
    replacements: list[r.Replacement] = field(default_factory=list)
    properties: set[r.Property] = field(default_factory=set)
    maps: list[r.MapRow] = field(default_factory=list)
    weights: dict[str, int] = field(default_factory=dict)

    def collect(self, stream: Iterator[r.Record], file: str) -> int:
        """Take every record of ``stream``; return how many there were.

        The same code with two different displays in one release raises LoadError.
        """
        number = 0
        for number, record in enumerate(stream, start=1):  # noqa: B007
            if isinstance(record, r.Designation):
                self._name(record)
            elif isinstance(record, r.Concept):
                self._concept(record, file)
            elif isinstance(record, r.Header):
                self.version = max(self.version, record.version)
                self.title = self.title or record.title
            else:
                self._other(record)
        return number

    def _other(self, record: r.Edge | r.Property | r.MapRow | r.Replacement | r.Weight) -> None:
        match record:
            case r.Edge():
                if record.child != record.parent:
                    self.edges.add((record.child, record.parent))
            case r.Property():
                self.properties.add(record)
            case r.MapRow():
                self.maps.append(record)
            case r.Replacement():
                self.replacements.append(record)
            case r.Weight():
                self.weights[record.code] = self.weights.get(record.code, 0) + record.uses

    def _concept(self, found: r.Concept, file: str) -> None:
        known = self.concepts.get(found.code)
        if known is not None:
            if known.display != found.display and known.active == found.active:
                raise LoadError(
                    f"'{found.code}' stands twice: as '{known.display}' and '{found.display}'",
                    file=file,
                )
            if known.active:
                return
        self.concepts[found.code] = found
        if found.display:
            self._name(r.Designation(found.code, found.display, found.lang, r.PREFERRED))

    def _name(self, found: r.Designation) -> None:
        """Keep one designation per code, language and text: the one with the better use."""
        key = (found.code, found.lang, found.text)
        known = self.names.get(key)
        if known is None or r.USES.index(found.use) < r.USES.index(known.use):
            self.names[key] = found


def parents_of(edges: set[tuple[str, str]]) -> dict[str, list[str]]:
    """Return child → parents, each list sorted, so that results do not depend on set order."""
    out: dict[str, list[str]] = {}
    for child, parent in sorted(edges):
        out.setdefault(child, []).append(parent)
    return out


def find_cycle(parents: dict[str, list[str]]) -> list[str]:
    """Return one cycle as the list of its codes (first repeated last), or an empty list."""
    state: dict[str, int] = {}
    for start, above in parents.items():
        if start in state:
            continue
        path: list[str] = []
        stack: list[tuple[str, Iterator[str]]] = [(start, iter(above))]
        state[start], path = 1, [start]
        while stack:
            following = next(stack[-1][1], None)
            if following is None:
                state[stack.pop()[0]] = 2
                path.pop()
            elif state.get(following) == 1:
                return [*path[path.index(following) :], following]
            elif following not in state:
                state[following] = 1
                path.append(following)
                stack.append((following, iter(parents.get(following, ()))))
    return []


def ancestors(parents: dict[str, list[str]]) -> dict[str, frozenset[str]]:
    """Return child → all its ancestors, of an acyclic graph."""
    done: dict[str, frozenset[str]] = {}
    for start in parents:
        stack = [start]
        while stack:
            code = stack[-1]
            if code in done:
                stack.pop()
                continue
            above = parents.get(code, ())
            missing = [parent for parent in above if parent not in done]
            if missing:
                stack.extend(missing)
                continue
            done[code] = frozenset(above).union(*(done[parent] for parent in above))
            stack.pop()
    return done

"""Filters of a value set's include, as tests on the concepts of a code system in memory."""

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from portal.terminology import patterns
from portal.terminology.fhir.nodes import Criterion, Node
from portal.terminology.fhir.outcome import FhirError, Issue

if TYPE_CHECKING:
    from portal.terminology.fhir.resource_system import ResourceSystem

Test = Callable[[Node], bool]
HIERARCHICAL = {
    "is-a", "descendent-of", "is-not-a", "child-of", "descendent-leaf", "generalizes",
}  # fmt: skip


def test_of(system: "ResourceSystem", criterion: Criterion, known: Collection[str]) -> Test:
    """Return the test of one filter; raise FhirError when the system cannot answer it."""
    name, op, value = criterion.property, criterion.op, criterion.value
    if name in ("concept", "code"):
        if op in HIERARCHICAL:
            return _hierarchical(system, op, value)
        return _on_text(criterion, lambda node: [node.code])
    if name == "display":
        return _on_text(criterion, lambda node: [node.display])
    if name == "definition":
        return _on_text(criterion, lambda node: [node.definition])
    if name not in known:
        raise _cannot(system.url, criterion)
    if op == "exists":
        wanted = value == "true"
        return lambda node: bool(_values(node, name)) == wanted
    return _on_text(criterion, lambda node: _values(node, name))


def _hierarchical(system: "ResourceSystem", op: str, value: str) -> Test:
    tests: dict[str, Test] = {
        "is-a": lambda node: node.code == value or system.is_below(node.code, value),
        "descendent-of": lambda node: system.is_below(node.code, value),
        "is-not-a": lambda node: node.code != value and not system.is_below(node.code, value),
        "child-of": lambda node: value in node.parents,
        "descendent-leaf": lambda node: not node.children and system.is_below(node.code, value),
        "generalizes": lambda node: node.code == value or system.is_below(value, node.code),
    }
    return tests[op]


def _on_text(criterion: Criterion, texts: Callable[[Node], list[str]]) -> Test:
    op, value = criterion.op, criterion.value
    if op == "=":
        return lambda node: value in texts(node)
    if op in ("in", "not-in"):
        parts = {part.strip() for part in value.split(",")}
        if op == "in":
            return lambda node: bool(parts.intersection(texts(node)))
        return lambda node: not parts.intersection(texts(node))
    if op == "regex":
        from portal.terminology.fhir.resource_system import bounded_pattern

        pattern = bounded_pattern(value)
        return lambda node: any(patterns.matches(pattern, text) for text in texts(node))
    if op == "exists":
        wanted = value == "true"
        return lambda node: any(texts(node)) == wanted
    raise _cannot("the code system", criterion)


def _values(node: Node, name: str) -> list[str]:
    from portal.terminology.fhir.resource_system import value_text

    if name == "parent":
        return node.parents
    if name == "child":
        return node.children
    own = [value_text(entry) for entry in node.properties if entry.get("code") == name]
    if not own and name == "notSelectable":
        return []
    if not own and name == "inactive":
        return ["true" if node.inactive else "false"]
    return own


def _cannot(url: str, criterion: Criterion) -> FhirError:
    text = (
        f'The filter "{criterion.property} {criterion.op} {criterion.value}" from the value set '
        f"{url} was not understood in the context of {url}"
    )
    return FhirError(
        422, Issue("error", "not-supported", "vs-invalid", text, "FILTER_NOT_UNDERSTOOD")
    )

"""Where every item of a definition stands: parent, section, repeats around it, options."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from portal.forms.definition import FormDefinition, Item, Option, Place, Text
from portal.forms.expressions import Scope
from portal.kernel.errors import Issue, nearest

MAIN = "main"
MAX_ITEMS = 5_000
MAX_NESTING = 12


@dataclass
class Layout:
    """The items of a form by id, in document order, with their surroundings."""

    items: dict[str, Item] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    sections: dict[str, str] = field(default_factory=dict)
    scopes: dict[str, Scope] = field(default_factory=dict)
    options: dict[str, tuple[Option, ...]] = field(default_factory=dict)
    pages: dict[str, list[str]] = field(default_factory=dict)
    labels: dict[str, Text] = field(default_factory=dict)


@dataclass
class Faults:
    """Collects issues about a definition and finds the line where each belongs."""

    places: dict[tuple[str, str], Place] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)

    def add(
        self, owner: str, keyword: str, message: str, near: str = "", severity: str = "error"
    ) -> None:
        """Note one fault of an item's keyword."""
        place = self.places.get((owner, keyword)) or self.places.get((owner, "")) or Place()
        key = f"{owner}.{keyword}" if keyword else owner
        self.issues.append(Issue(message, place.file, place.line, key, near, severity))


def lay_out(definition: FormDefinition, faults: Faults) -> Layout:
    """Return the layout; duplicate ids, unknown lists and retired ids become faults."""
    layout = Layout()
    for item, parent, section, scope, depth in _visit(definition):
        if len(layout.items) >= MAX_ITEMS:
            faults.add(item.id, "", f"a form holds {MAX_ITEMS:,} items at most")
            break
        if depth > MAX_NESTING:
            faults.add(item.id, "", f"nested more than {MAX_NESTING} levels deep")
            continue
        if item.id in layout.items:
            faults.add(item.id, "", f"the id '{item.id}' is used twice in this form")
            continue
        if item.id in definition.retired:
            reason = definition.retired[item.id].reason or "no reason given"
            faults.add(item.id, "", f"the id '{item.id}' is retired ({reason}); choose a new one")
        layout.items[item.id] = item
        layout.parents[item.id] = parent
        layout.sections[item.id] = section
        layout.scopes[item.id] = scope
        layout.options[item.id] = _options(definition, item, faults)
        if not parent:
            layout.pages.setdefault(section, []).append(item.id)
            layout.labels[section] = item.label if section != MAIN else definition.title
    return layout


def _visit(definition: FormDefinition) -> Iterator[tuple[Item, str, str, Scope, int]]:
    """Yield each item with parent, section, scope and depth, in document order, iteratively."""
    names = {item.id for item in definition.items}
    loose = MAIN if MAIN not in names else f"{MAIN}_items"
    todo: list[tuple[Item, str, str, Scope, int]] = []
    for item in reversed(definition.items):
        todo += [(item, "", item.id if item.is_container else loose, (), 1)]
    while todo:
        item, parent, section, scope, depth = todo.pop()
        yield item, parent, section, scope, depth
        inner = (*scope, item.id) if item.repeats else scope
        todo += [(child, item.id, section, inner, depth + 1) for child in reversed(item.items)]


def _options(definition: FormDefinition, item: Item, faults: Faults) -> tuple[Option, ...]:
    if not item.option_list:
        return item.options
    if item.option_list not in definition.lists:
        near = nearest(item.option_list, definition.lists)
        faults.add(
            item.id, "options", f"there is no list '{item.option_list}' under 'lists:'", near
        )
        return ()
    return definition.lists[item.option_list]

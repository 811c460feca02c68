"""An item tree that can be edited in place while overlays apply; anchors are ids."""

from collections.abc import Iterable

import msgspec

from portal.forms.definition import Item


class Tree:
    """Items by id with their parent and the order of children; ``""`` is the form itself."""

    def __init__(self, items: Iterable[Item]) -> None:
        self._items: dict[str, Item] = {}
        self._parents: dict[str, str] = {}
        self._children: dict[str, list[str]] = {"": []}
        self._inserted: dict[str, list[str]] = {}
        for item in items:
            self.append("", item)

    def __contains__(self, item_id: object) -> bool:
        return item_id in self._items

    def ids(self) -> list[str]:
        """Return all ids."""
        return list(self._items)

    def item(self, item_id: str) -> Item:
        """Return an item, with its children as they are now."""
        item = self._items[item_id]
        children = tuple(self.item(child) for child in self._children[item_id])
        return msgspec.structs.replace(item, items=children)

    def items(self) -> tuple[Item, ...]:
        """Return the whole tree."""
        return tuple(self.item(item_id) for item_id in self._children[""])

    def scope(self, item_id: str) -> tuple[str, ...]:
        """Return the repeats around an item, outermost first."""
        found: list[str] = []
        parent = self._parents[item_id]
        while parent:
            if self._items[parent].repeats:
                found.insert(0, parent)
            parent = self._parents[parent]
        return tuple(found)

    def inner_scope(self, item_id: str) -> tuple[str, ...]:
        """Return the repeats around what stands in a container."""
        own = (item_id,) if self._items[item_id].repeats else ()
        return (*self.scope(item_id), *own)

    def append(self, parent: str, item: Item) -> None:
        """Add an item at the end of a container."""
        self._children[parent].append(item.id)
        self._register(parent, item)

    def insert_after(self, anchor: str, item: Item) -> None:
        """Add an item behind an anchor, behind what was added there before."""
        parent = self._parents[anchor]
        self._put_after(parent, anchor, item.id)
        self._register(parent, item)

    def _put_after(self, parent: str, anchor: str, item_id: str) -> None:
        siblings = self._children[parent]
        before = [one for one in self._inserted.get(anchor, []) if one in siblings]
        place = siblings.index(before[-1] if before else anchor) + 1
        siblings.insert(place, item_id)
        self._inserted.setdefault(anchor, []).append(item_id)

    def _register(self, parent: str, item: Item) -> None:
        self._items[item.id] = msgspec.structs.replace(item, items=())
        self._parents[item.id] = parent
        self._children[item.id] = []
        for child in item.items:
            self.append(item.id, child)

    def replace(self, item_id: str, item: Item) -> None:
        """Put another version of an item (same id, same children) in its place."""
        self._items[item_id] = msgspec.structs.replace(item, items=())
        for child in item.items:
            self.replace(child.id, child)

    def move(self, item_id: str, into: str, anchor: str) -> bool:
        """Move an item to the end of ``into``, behind ``anchor``, or (``end``) to the very end.

        Returns False when the goal lies inside the item itself.
        """
        goal = into or ("" if anchor == "end" else self._parents[anchor])
        if anchor == item_id or self._is_inside(goal, item_id):
            return False
        self._children[self._parents[item_id]].remove(item_id)
        self._parents[item_id] = goal
        if into or anchor == "end":
            self._children[goal].append(item_id)
        else:
            self._put_after(goal, anchor, item_id)
        return True

    def _is_inside(self, item_id: str, ancestor: str) -> bool:
        while item_id:
            if item_id == ancestor:
                return True
            item_id = self._parents[item_id]
        return False

"""Which items moved: the smallest set that explains the new order."""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass

from portal.forms.definition import FormDefinition, Item


@dataclass(frozen=True)
class Position:
    """Where an item stands: parent, rank among its siblings, repeats around it."""

    parent: str
    rank: int
    scope: tuple[str, ...]


def positions(form: FormDefinition) -> dict[str, Position]:
    """Return the position of every item."""
    found: dict[str, Position] = {}

    def visit(items: tuple[Item, ...], parent: str, scope: tuple[str, ...]) -> None:
        for rank, item in enumerate(items):
            found[item.id] = Position(parent, rank, scope)
            visit(item.items, item.id, (*scope, item.id) if item.repeats else scope)

    visit(form.items, "", ())
    return found


def moved_items(
    old: Mapping[str, Position], new: Mapping[str, Position], renamed: Mapping[str, str]
) -> set[str]:
    """Return the ids (new names) of items with another parent, or out of the common order."""
    names = {past: now for now, past in renamed.items()}
    moved: set[str] = set()
    siblings: dict[str, list[tuple[int, int, str]]] = {}
    for item_id, place in new.items():
        past = old.get(renamed.get(item_id, item_id))
        if past is None:
            continue
        if names.get(past.parent, past.parent) != place.parent:
            moved.add(item_id)
        else:
            siblings.setdefault(place.parent, []).append((place.rank, past.rank, item_id))
    for group in siblings.values():
        ordered = [(before, item_id) for _, before, item_id in sorted(group)]
        kept = _longest_rising([before for before, _ in ordered])
        moved |= {item_id for index, (_, item_id) in enumerate(ordered) if index not in kept}
    return moved


def _longest_rising(ranks: list[int]) -> set[int]:
    """Return the indexes of a longest rising run: what did not have to move."""
    tails: list[int] = []
    at: list[int] = []
    previous: list[int] = []
    for index, rank in enumerate(ranks):
        place = bisect_left(tails, rank)
        previous.append(at[place - 1] if place else -1)
        if place == len(tails):
            tails.append(rank)
            at.append(index)
        else:
            tails[place], at[place] = rank, index
    kept: set[int] = set()
    index = at[-1] if at else -1
    while index >= 0:
        kept.add(index)
        index = previous[index]
    return kept

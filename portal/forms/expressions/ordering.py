"""Evaluation order: every value after the values it depends on; loops are named."""

from collections.abc import Iterable, Mapping


class CycleError(Exception):
    """Values that depend on themselves; ``loop`` lists them in order, the first one repeated."""

    def __init__(self, loop: list[str]) -> None:
        super().__init__(" → ".join(loop))
        self.loop = loop


def in_order(needs: Mapping[str, Iterable[str]]) -> list[str]:
    """Return the keys of ``needs`` so that each follows what it needs; else keep their order.

    Names that are needed but have no entry are ignored. Raises :class:`CycleError`.
    """
    order: list[str] = []
    done: set[str] = set()
    for start in needs:
        if start not in done:
            _visit(start, needs, order, done)
    return order


def _visit(
    start: str, needs: Mapping[str, Iterable[str]], order: list[str], done: set[str]
) -> None:
    path: list[str] = [start]
    on_path = {start}
    todo = [iter(needs[start])]
    while todo:
        following = next((n for n in todo[-1] if n in needs and n not in done), None)
        if following is None:
            todo.pop()
            finished = path.pop()
            on_path.discard(finished)
            done.add(finished)
            order.append(finished)
        elif following in on_path:
            raise CycleError([*path[path.index(following) :], following])
        else:
            path.append(following)
            on_path.add(following)
            todo.append(iter(needs[following]))

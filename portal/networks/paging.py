"""Pages of long lists: a key instead of a number, so that the hundredth page costs what the first does."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
SIZE = 25


@dataclass(frozen=True)
class Page(Generic[T]):
    """Rows, and the key of the page after; empty when there is none."""

    rows: list[T]
    next: str = ""


def cut(found: Sequence[T], key: str, size: int = SIZE) -> Page[T]:
    """Make a page of at most ``size`` rows from one row more; ``key`` names the attribute to go on by."""
    rows = list(found[:size])
    return Page(rows, str(getattr(rows[-1], key)) if len(found) > size else "")

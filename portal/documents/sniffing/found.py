"""The outcome of looking at a file."""

from dataclasses import dataclass
from typing import Protocol


class ByteSource(Protocol):
    """A file that can be read at any place."""

    def read(self, size: int = -1, /) -> bytes:
        """Return up to ``size`` bytes from the present place."""
        ...

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go to a place."""
        ...

    def tell(self) -> int:
        """Return the present place."""
        ...


@dataclass(frozen=True)
class Found:
    """``keys`` are the formats that the content can be, the likeliest first.

    ``refusal`` says why content of this kind is never accepted; ``concerns`` are active parts
    (macros, scripts) for which a file is held back from others until somebody vouches for it.
    """

    keys: tuple[str, ...] = ()
    words: str = ""
    refusal: str = ""
    concerns: tuple[str, ...] = ()

"""Where values live during one evaluation: the form's own frame and one per row."""

from collections.abc import Mapping
from typing import Any


class Frame:
    """The values of one row, or of the form outside any row.

    ``values`` holds what is known (hidden and unanswered items are absent); ``rows`` the frames
    of each repeat in this row; ``context`` is shared by all frames of one evaluation.
    """

    __slots__ = ("answers", "context", "row", "rows", "up", "values", "visible")

    def __init__(
        self, context: Mapping[str, Any], up: "Frame | None" = None, row: str = ""
    ) -> None:
        self.context = context
        self.up = up
        self.row = row
        self.values: dict[str, Any] = {}
        self.rows: dict[str, list[Frame]] = {}
        self.answers: Mapping[str, Any] = {}
        self.visible: set[str] = set()


def climb(frame: Frame, steps: int) -> Frame:
    """Return the frame some steps up; the resolver has made sure that it exists."""
    for _ in range(steps):
        frame = frame.up or frame
    return frame

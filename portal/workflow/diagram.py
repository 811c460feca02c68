"""A drawing of a workflow: the forward path from top to bottom, the other steps as arcs beside it.

``layout`` computes coordinates (pixels); the template ``workflow/_diagram.html`` draws them. Colours
come from the text colour, so that the drawing follows the theme.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from portal.workflow.model import BACK, Workflow

BOX_WIDTH, BOX_HEIGHT, GAP = 230, 40, 34
LEFT, TOP = 20, 16
ARC_STEP = 26
LABEL_HEIGHT = 15


@dataclass(frozen=True)
class Box:
    """A phase: upper left corner."""

    code: str
    label: str
    x: int
    y: int
    on_track: bool

    @property
    def middle(self) -> int:
        """The height of the box's centre."""
        return self.y + BOX_HEIGHT // 2


@dataclass(frozen=True)
class Arrow:
    """A step: an SVG path with the label's place. ``straight`` ones follow the forward path."""

    label: str
    path: str
    label_x: int
    label_y: int
    straight: bool


@dataclass(frozen=True)
class Drawing:
    """Everything to draw, with the size of the whole."""

    title: str
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    width: int
    height: int
    box_width: int = BOX_WIDTH
    box_height: int = BOX_HEIGHT


def layout(workflow: Workflow) -> Drawing:
    """Return where everything goes. Steps from every running phase are left to the table."""
    track = {p.code for p in workflow.track()}
    ordered = [p for p in workflow.phases if p.code in track] + [
        p for p in workflow.phases if p.code not in track
    ]
    boxes = {
        p.code: Box(p.code, p.label, LEFT, TOP + number * (BOX_HEIGHT + GAP), p.code in track)
        for number, p in enumerate(ordered)
    }
    arrows: list[Arrow] = []
    arcs = 0
    running = set(workflow.in_state("running"))
    for transition in workflow.transitions:
        if transition.target == BACK or (running and running <= set(transition.sources)):
            continue
        for source in transition.sources:
            start, end = boxes[source], boxes[transition.target]
            if transition.forward:
                arrows.append(_straight(transition.label, start, end))
            else:
                arcs += 1
                arrows.append(_arc(transition.label, start, end, arcs, arrows))
    height = TOP * 2 + len(boxes) * (BOX_HEIGHT + GAP) - GAP
    width = LEFT + BOX_WIDTH + 60 + arcs * ARC_STEP + 260
    return Drawing(workflow.title, tuple(boxes.values()), tuple(arrows), width, height)


def _straight(label: str, start: Box, end: Box) -> Arrow:
    x = start.x + BOX_WIDTH // 2
    top = start.y + BOX_HEIGHT
    return Arrow(
        label, f"M{x} {top} L{x} {end.y - 6}", x + 8, (top + end.y) // 2 + 4, straight=True
    )


def _arc(label: str, start: Box, end: Box, number: int, before: list[Arrow]) -> Arrow:
    right = start.x + BOX_WIDTH
    out = right + 30 + number * ARC_STEP
    path = f"M{right} {start.middle} H{out} V{end.middle + 6} H{right + 8}"
    height = (start.middle + end.middle) // 2
    while any(abs(height - other.label_y) < LABEL_HEIGHT for other in before if not other.straight):
        height += LABEL_HEIGHT
    return Arrow(label, path, out + 6, height, straight=False)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    folder = Path(__file__).resolve().parent / "templates"
    return Environment(loader=FileSystemLoader(folder), autoescape=True)


def svg(workflow: Workflow) -> str:
    """Return the drawing as an SVG document."""
    return _environment().get_template("workflow/_diagram.html").render(drawing=layout(workflow))

"""The drawing: symbols of the National Society of Genetic Counselors, as SVG without styles or scripts.

Square, circle, diamond: male, female, unknown. Filled: affected; a dot: carrier; a question mark: possibly
affected. A slash: deceased. A double line: parents related by blood. An arrow: the patient.
"""

from collections.abc import Iterator
from html import escape

from portal.forms.pedigree.layout import Layout, arrange
from portal.forms.pedigree.model import Pedigree
from portal.forms.pedigree.person import Person

COLUMN, ROW, HALF, MARGIN = 84, 116, 17, 46
INK, PAPER = "#1d2433", "#ffffff"
_TEXT = f'font-family="sans-serif" fill="{INK}" text-anchor="middle"'


def draw(family: Pedigree, *, title: str = "Pedigree") -> str:
    """Return the drawing as one ``svg`` element; ``title`` is what listeners hear."""
    layout = arrange(family)
    width = round(MARGIN * 2 + (layout.width - 1) * COLUMN)
    height = round(MARGIN * 2 + (layout.rows - 1) * ROW + 24)
    body = "".join((*_lines(family, layout), *_people(family, layout)))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" class="pedigree"><title>{escape(title)}</title>'
        f'<rect width="{width}" height="{height}" fill="{PAPER}"/>'
        f'<g stroke="{INK}" stroke-width="1.5" fill="none">{body}</g></svg>'
    )


def _at(layout: Layout, number: str) -> tuple[float, float]:
    x, row = layout.places[number]
    return MARGIN + x * COLUMN, MARGIN + row * ROW


def _line(x1: float, y1: float, x2: float, y2: float, css: str = "") -> str:
    mark = f' class="{css}"' if css else ""
    return f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}"{mark}/>'


def _lines(family: Pedigree, layout: Layout) -> Iterator[str]:
    for number, ((father, mother), children) in enumerate(family.couples().items()):
        first = _at(layout, father or mother)
        second = _at(layout, mother or father)
        if father and mother:
            yield from _couple(first, second, double=family.consanguineous(father, mother))
        middle = (first[0] + second[0]) / 2, (first[1] + second[1]) / 2
        start = middle[1] if father and mother else middle[1] + HALF
        places = [_at(layout, child) for child in children]
        # Neighbouring families get bars at different heights, so that their lines can be told apart.
        bar = min(y for _, y in places) - 38 - 7 * (number % 3)
        yield _line(middle[0], start, middle[0], bar)
        ends = [middle[0], *(x for x, _ in places)]
        yield _line(min(ends), bar, max(ends), bar)
        for x, y in places:
            yield _line(x, bar, x, y - HALF)


def _couple(
    first: tuple[float, float], second: tuple[float, float], *, double: bool
) -> Iterator[str]:
    if not double:
        yield _line(*first, *second, "pedigree-couple")
        return
    for offset in (-2.5, 2.5):
        yield _line(first[0], first[1] + offset, second[0], second[1] + offset, "pedigree-related")


def _people(family: Pedigree, layout: Layout) -> Iterator[str]:
    for one in family.people:
        x, y = _at(layout, one.number)
        yield f'<g class="pedigree-person" transform="translate({x:g} {y:g})">'
        yield from _symbol(one)
        yield "</g>"


def _symbol(one: Person) -> Iterator[str]:
    fill = INK if one.affected == "affected" else PAPER
    mark = "pedigree-affected" if one.affected == "affected" else f"pedigree-{one.sex}"
    if one.sex == "male":
        yield f'<rect x="{-HALF}" y="{-HALF}" width="{2 * HALF}" height="{2 * HALF}" fill="{fill}" class="{mark}"/>'
    elif one.sex == "female":
        yield f'<circle r="{HALF}" fill="{fill}" class="{mark}"/>'
    else:
        yield f'<polygon points="0,{-HALF - 3} {HALF + 3},0 0,{HALF + 3} {-HALF - 3},0" fill="{fill}" class="{mark}"/>'
    if one.affected == "carrier":
        yield f'<circle r="4" fill="{INK}" class="pedigree-carrier"/>'
    if one.affected == "possibly":
        yield f'<text y="6" font-size="17" stroke="none" {_TEXT}>?</text>'
    if one.deceased:
        yield _line(-HALF - 7, HALF + 7, HALF + 7, -HALF - 7, "pedigree-deceased")
    if one.proband:
        yield _line(-HALF - 18, HALF + 18, -HALF - 4, HALF + 4, "pedigree-proband")
        yield f'<polygon points="{-HALF - 2},{HALF + 2} {-HALF - 10},{HALF + 5} {-HALF - 5},{HALF + 10}" fill="{INK}"/>'
    yield f'<text y="{HALF + 18}" font-size="12" stroke="{PAPER}" stroke-width="4" paint-order="stroke" {_TEXT}>{escape(_caption(one))}</text>'


def _caption(one: Person) -> str:
    if one.age is None:
        return one.number
    return f"{one.number} · {'d. ' if one.deceased else ''}{one.age} y"

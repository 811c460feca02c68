"""Make the documents of the demo world: short reports and drawn pictures, the same bytes each time."""

import io
import math
import random
from collections.abc import Callable

from PIL import Image, ImageDraw, ImageFilter
from reportlab.lib.pagesizes import A5  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from portal.demo.cases.model import Case, Paper

_SIZE = 512
Draw = Callable[[random.Random], Image.Image]


def content(case: Case, paper: Paper) -> bytes:
    """Return the bytes of a document of a case."""
    if paper.picture:
        target = io.BytesIO()
        picture = _PICTURES[paper.picture](random.Random(f"{case.key}:{paper.name}"))  # noqa: S311
        picture.save(target, "PNG")
        return target.getvalue()
    if paper.name.endswith(".txt"):
        return ("\n".join([paper.title, "", *paper.lines]) + "\n").encode()
    return _report(case, paper)


def _report(case: Case, paper: Paper) -> bytes:
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=A5, invariant=1)
    canvas.setTitle(paper.title)
    canvas.setFont("Helvetica-Bold", 14)
    canvas.drawString(36, 540, paper.title)
    canvas.setFont("Helvetica", 9)
    canvas.drawString(
        36, 522, f"Patient: {case.nickname} (pseudonym). Invented for the demonstration."
    )
    canvas.setFont("Helvetica", 11)
    for number, line in enumerate(paper.lines):
        canvas.drawString(36, 490 - 18 * number, line)
    canvas.showPage()
    canvas.save()
    return target.getvalue()


def _blank(shade: int = 8) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("L", (_SIZE, _SIZE), shade)
    return image, ImageDraw.Draw(image)


def _disc(draw: ImageDraw.ImageDraw, x: float, y: float, radius: float, fill: int) -> None:
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)


def _limbs(chance: random.Random, radius: int, muscles: int) -> Image.Image:
    """Two limbs in cross-section: bright fat around, grey muscles, some of them turned to fat."""
    image, draw = _blank()
    for centre in (_SIZE * 0.27, _SIZE * 0.73):
        _disc(draw, centre, _SIZE / 2, radius, 215)
        _disc(draw, centre, _SIZE / 2, radius - 18, 70)
        for number in range(muscles):
            angle = 2 * math.pi * number / muscles
            x, y = (
                centre + math.cos(angle) * radius * 0.55,
                _SIZE / 2 + math.sin(angle) * radius * 0.55,
            )
            _disc(
                draw,
                x,
                y,
                radius * 0.3,
                190 if number < muscles // 3 else 60 + chance.randrange(30),
            )
        _disc(draw, centre, _SIZE / 2, radius * 0.2, 20)
        _disc(draw, centre, _SIZE / 2, radius * 0.12, 200)
    return image.filter(ImageFilter.GaussianBlur(3))


def _brain(chance: random.Random) -> Image.Image:
    image, draw = _blank()
    draw.ellipse((96, 56, 416, 456), fill=180)
    draw.ellipse((112, 72, 400, 440), fill=95)
    for _ in range(60):
        angle = chance.random() * 2 * math.pi
        _disc(
            draw,
            256 + math.cos(angle) * 125,
            256 + math.sin(angle) * 165,
            13,
            70 + chance.randrange(45),
        )
    draw.ellipse((216, 190, 250, 310), fill=25)
    draw.ellipse((262, 190, 296, 310), fill=25)
    _disc(draw, 150, 270, 46, 205)
    return image.filter(ImageFilter.GaussianBlur(4))


def _fundus(chance: random.Random) -> Image.Image:
    image = Image.new("RGB", (_SIZE, _SIZE), (6, 3, 3))
    draw = ImageDraw.Draw(image)
    draw.ellipse((20, 20, 492, 492), fill=(176, 78, 36))
    draw.ellipse((330, 216, 400, 296), fill=(238, 206, 150))
    for sign in (-1, 1):
        points = [(365 - step * 9, 256 + sign * (18 + 0.9 * step**1.45)) for step in range(28)]
        draw.line(points, fill=(112, 24, 20), width=6)
    draw.ellipse((180, 226, 240, 286), fill=(134, 50, 24))
    for _ in range(70):
        angle, distance = chance.random() * 2 * math.pi, 130 + chance.random() * 90
        x, y = 256 + math.cos(angle) * distance, 256 + math.sin(angle) * distance
        draw.line(
            (x, y, x + chance.randrange(-9, 9), y + chance.randrange(-9, 9)),
            fill=(34, 20, 16),
            width=3,
        )
    return image.filter(ImageFilter.GaussianBlur(1.6))


def _oct(chance: random.Random) -> Image.Image:
    image, draw = _blank(12)
    for layer, shade in enumerate((150, 70, 120, 60, 105, 45, 190, 130)):
        points = []
        for x in range(0, _SIZE, 4):
            dip = 34 * math.exp(-(((x - 256) / 70) ** 2)) * (1 - layer / 8)
            points.append((x, 170 + 22 * layer + dip + chance.random() * 3))
        draw.line(points, fill=shade, width=14)
    return image.filter(ImageFilter.GaussianBlur(1.2))


def _ecg(chance: random.Random) -> Image.Image:
    image = Image.new("RGB", (960, 320), (255, 250, 248))
    draw = ImageDraw.Draw(image)
    for x in range(0, 960, 20):
        draw.line((x, 0, x, 320), fill=(246, 208, 204) if x % 100 else (232, 164, 158))
    for y in range(0, 320, 20):
        draw.line((0, y, 960, y), fill=(246, 208, 204) if y % 100 else (232, 164, 158))
    points: list[tuple[float, float]] = []
    for beat in range(6):
        start = 30 + beat * 160 + chance.randrange(-4, 4)
        shape = (
            (0, 0),
            (18, -14),
            (34, 0),
            (62, 0),
            (68, 10),
            (76, -96),
            (84, 34),
            (92, 0),
            (118, 0),
            (134, -26),
            (150, 0),
        )
        points += [(start + dx, 180 + dy) for dx, dy in shape]
    draw.line(points, fill=(20, 20, 40), width=2)
    return image


def _biopsy(chance: random.Random) -> Image.Image:
    image = Image.new("RGB", (_SIZE, _SIZE), (222, 214, 226))
    draw = ImageDraw.Draw(image)
    for row in range(9):
        for column in range(9):
            x, y = (
                column * 60 + (row % 2) * 28 + chance.randrange(-6, 6),
                row * 60 + chance.randrange(-6, 6),
            )
            radius = chance.choice((14, 22, 26, 28))
            draw.ellipse(
                (x - radius, y - radius, x + radius, y + radius),
                fill=(92, 142, 150),
                outline=(58, 92, 104),
            )
            draw.ellipse((x + radius - 7, y - 4, x + radius, y + 3), fill=(120, 40, 90))
    return image.filter(ImageFilter.GaussianBlur(0.8))


def _field(chance: random.Random) -> Image.Image:
    image, draw = _blank(255)
    for row in range(10):
        for column in range(10):
            distance = math.hypot(column - 4.5, row - 4.5)
            if distance < 5.2:
                shade = 20 if distance < 1.8 else 150 + chance.randrange(90)
                draw.rectangle(
                    (column * 48 + 18, row * 48 + 18, column * 48 + 58, row * 48 + 58), fill=shade
                )
    return image


_PICTURES: dict[str, Draw] = {
    "thighs": lambda chance: _limbs(chance, 112, 9),
    "calves": lambda chance: _limbs(chance, 88, 6),
    "brain": _brain,
    "fundus": _fundus,
    "oct": _oct,
    "ecg": _ecg,
    "biopsy": _biopsy,
    "field": _field,
}

"""Answers made up at random for any form, by the kinds of its items."""

from random import Random
from typing import Any

from portal.forms.compiled import CompiledForm, CompiledItem

WORDS = ["pain", "Üben", "a\nb", "x" * 30, "1", "=SUM(A1)", "-"]


def random_answers(form: CompiledForm, random: Random, fill: float = 0.7) -> dict[str, Any]:
    """Return stored answers; ``fill`` is the share of items that get one."""
    return _level(form, random, fill, ())


def _level(
    form: CompiledForm, random: Random, fill: float, scope: tuple[str, ...]
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for item in form.items.values():
        if item.scope != scope or random.random() > fill:
            continue
        if item.is_repeat:
            count = random.randint(1, 3)
            inner = (*scope, item.id)
            found[item.id] = [
                {"row": f"r{random.getrandbits(60):x}", **_level(form, random, fill, inner)}
                for _ in range(count)
            ]
        elif item.kind.answers and item.value is None:
            values = [one for _ in range(2) if (one := answer(item, random)) is not None]
            if values:
                distinct = [v for i, v in enumerate(values) if v not in values[:i]]
                found[item.id] = distinct if item.multiple else values[0]
    return found


def answer(item: CompiledItem, random: Random) -> Any:
    """Return one stored answer that the item accepts, None where none was found."""
    for _ in range(20):
        value = _MAKERS[item.item.type](item, random)
        try:
            item.read(value)
        except (ValueError, TypeError):
            continue
        return value
    return None


def _choice(item: CompiledItem, random: Random) -> Any:
    if item.options and (not item.item.other or random.random() < 0.8):
        option = random.choice(item.options)
        return {
            "system": option.system,
            "code": option.code,
            "display": option.label.get(item.language, option.code),
        }
    if item.item.other:
        return {"text": random.choice(WORDS)}
    return {
        "system": "urn:some:system",
        "version": "2024",
        "code": f"c{random.randint(1, 9)}",
        "display": "Some",
    }


def _quantity(item: CompiledItem, random: Random) -> Any:
    units = [one for one in (item.item.unit, *item.item.units) if one] or ["kg"]
    return {
        "value": f"{random.randint(1, 300)}.{random.randint(0, 9)}",
        "unit": random.choice(units),
    }


def _date(random: Random) -> str:
    day = f"{random.randint(1950, 2024)}-{random.randint(1, 12):02d}-{random.randint(1, 28):02d}"
    return random.choice([day, day, day[:7], day[:4]])


_MAKERS: dict[str, Any] = {
    "text": lambda _i, r: r.choice(WORDS),
    "long_text": lambda _i, r: r.choice(WORDS),
    "url": lambda _i, r: f"https://example.org/{r.randint(1, 99)}",
    "integer": lambda _i, r: r.choice([r.randint(0, 10), r.randint(0, 200)]),
    "decimal": lambda _i, r: f"{r.randint(0, 99)}.{r.randint(0, 99):02d}",
    "yes_no": lambda _i, r: r.random() < 0.5,
    "date": lambda _i, r: _date(r),
    "datetime": lambda _i, r: (
        f"2024-05-1{r.randint(0, 9)}T1{r.randint(0, 9)}:30{r.choice(['', 'Z', '+02:00'])}"
    ),
    "time": lambda _i, r: f"1{r.randint(0, 9)}:{r.choice(['30', '30:15'])}",
    "choice": _choice,
    "quantity": _quantity,
    "file": lambda _i, r: {
        "id": f"f{r.randint(1, 99)}",
        "name": "a.pdf",
        "type": "application/pdf",
        "size": 12,
    },
    "reference": lambda i, r: {"type": (i.item.of or ("Patient",))[0], "id": str(r.randint(1, 9))},
}

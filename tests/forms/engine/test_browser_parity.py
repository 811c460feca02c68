"""Whole forms give the same outcome on the server and in the browser, on many random answers."""

import json
import random
import subprocess
from pathlib import Path
from typing import Any

from portal.forms.catalogue import load_form
from portal.forms.compiled import CompiledForm, CompiledItem
from portal.forms.evaluate import Evaluation, evaluate
from portal.forms.posted import field_name
from tests.forms.engine.samples import NOW, consultation, small
from tests.forms.engine.test_rendering import EVERY
from tests.forms.vectors import build

ROUNDS = 60
PAGE = small(EVERY, lists="difficulty: [none None, some Some]", codes="SCT: http://snomed.info/sct")


def random_value(item: CompiledItem, chance: random.Random) -> Any:
    """Return an answer of the item's make; now and then one that cannot be read."""
    if chance.random() < 0.05:
        return chance.choice([None, "", "x", 7, True, {"code": "zz"}, ["a"], {"value": "1"}])
    kind = item.kind.name
    units = [item.item.unit, *item.item.units] if item.item.unit else list(item.item.units)
    makers: dict[str, Any] = {
        "integer": lambda: chance.choice([chance.randint(-3, 130), 0, 5, 7]),
        "decimal": lambda: chance.choice(
            [str(chance.randint(0, 99)), f"{chance.randint(0, 99)}.{chance.randint(0, 999)}"]
        ),
        "quantity": lambda: {
            "value": f"{chance.randint(0, 300)}.{chance.randint(0, 9)}",
            "unit": chance.choice(units or ["kg"]),
        },
        "yes_no": lambda: chance.random() < 0.5,
        "date": lambda: chance.choice(
            [
                "2024",
                "2010-05",
                "1999-12",
                "2025-02-28",
                "2024-02-29",
                f"20{chance.randint(10, 25)}-0{chance.randint(1, 9)}",
            ]
        ),
        "datetime": lambda: chance.choice(
            ["2024-05-17T14:30", "2024-05-17T14:30:10Z", "2024-05-17T14:30+02:00"]
        ),
        "time": lambda: f"{chance.randint(10, 23)}:{chance.randint(10, 59)}",
        "url": lambda: "https://example.org/",
        "file": lambda: {"id": "f1", "type": "image/png", "size": 1},
        "reference": lambda: {"type": "Patient", "id": "p"},
    }
    if kind == "choice":
        return random_code(item, chance)
    return makers.get(
        kind, lambda: chance.choice(["a", "NCT01234567", "words and more words", "é😀"])
    )()


def random_code(item: CompiledItem, chance: random.Random) -> Any:
    if item.options and chance.random() < 0.9:
        option = chance.choice(item.options)
        return {"system": option.system, "code": option.code}
    if item.item.other and chance.random() < 0.5:
        return {"text": "words"}
    return {"system": "http://www.orpha.net", "code": chance.choice(["558", "284963", "1"])}


def random_answers(
    form: CompiledForm, chance: random.Random, scope: tuple[str, ...] = (), path: str = ""
) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    share = chance.choice([0.2, 0.6, 0.95])
    for item in form.items.values():
        if item.scope != scope or chance.random() > share:
            continue
        if item.is_repeat:
            answers[item.id] = [
                {
                    "row": f"{path}{item.order}-{n}",
                    **random_answers(form, chance, (*scope, item.id), f"{path}{item.order}-{n}-"),
                }
                for n in range(chance.randint(0, 3))
            ]
        elif item.kind.answers and item.value is None:
            several = item.multiple and chance.random() < 0.95
            count = chance.randint(0, 3)
            answers[item.id] = (
                [random_value(item, chance) for _ in range(count)]
                if several
                else random_value(item, chance)
            )
    return answers


def comparable(found: Evaluation) -> dict[str, Any]:
    computed = {}
    for (item, row), value in found.computed.items():
        coded = isinstance(value, dict) and "code" in value
        computed[field_name(item, row)] = (
            {"system": value["system"], "code": value["code"]} if coded else value
        )
    off = [
        f"{field_name(o.split(' ')[0], row)} {o.split(' ')[1]}"
        for row, many in found.options_off.items()
        for o in many
    ]
    return {
        "visible": {row: sorted(ids) for row, ids in found.visible.items()},
        "computed": computed,
        "off": sorted(off),
        "needed": sorted(
            field_name(item, row) for row, many in found.needed.items() for item in many
        ),
    }


def test_random_answers_give_the_same_outcome_on_both_sides() -> None:
    forms = [consultation(), build.world(), PAGE, load_form("consultation")]
    chance = random.Random(20250301)
    cases = [
        {"form": number, "answers": random_answers(form, chance)}
        for number, form in enumerate(forms)
        for _ in range(ROUNDS)
    ]
    facts = {"today": "2025-03-01", "visit_date": "2025-03-01", **NOW.values}
    sent = {
        "forms": [dict(form.ast) for form in forms],
        "cases": [{**case, "facts": facts} for case in cases],
    }
    done = subprocess.run(
        ["node", str(Path(__file__).parent / "parity.mjs")],
        input=json.dumps(sent),
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert len(lines) == len(cases)
    for case, line in zip(cases, lines, strict=True):
        wanted = comparable(evaluate(forms[case["form"]], case["answers"], NOW))
        found = json.loads(line)
        off = [
            one for one in found["off"] if one in wanted["off"] or _shown(one, wanted["visible"])
        ]
        assert {**found, "off": off} == wanted, case["answers"]


def _shown(option: str, visible: dict[str, list[str]]) -> bool:
    name = option.split(" ", maxsplit=1)[0]
    item, _, row = name.partition("@")
    return item in visible.get(row, [])

"""The consultation form and the overlays of networks: they fit, their checks pass, they stay short to start."""

from datetime import date
from pathlib import Path

import pytest

from portal.forms.catalogue import default_root, load_form
from portal.forms.checks import run_checks
from portal.forms.compiled import CompiledForm
from portal.forms.definition import Item, walk
from portal.forms.evaluate import Context, evaluate
from portal.forms.overlays import Overlay, read_overlay
from portal.terminology.packs import PackNames, read_packs
from portal.terminology.valuesets import read_value_sets

TODAY = date(2025, 3, 1)
MOST_REQUIRED = 7
PLUGINS = default_root().parent / "plugins"
OVERLAYS = sorted(PLUGINS.glob("*/forms/consultation.yaml"))


def _overlay(file: Path) -> Overlay:
    return read_overlay(file.read_bytes(), str(file)).required()


@pytest.fixture(scope="module")
def form() -> CompiledForm:
    return load_form("consultation")


def _outside_rows(items: tuple[Item, ...]) -> list[Item]:
    found = []
    for item in items:
        found.append(item)
        if not item.repeats:
            found += _outside_rows(item.items)
    return found


def _failures(form: CompiledForm) -> list[str]:
    return [f"{r.name}: {text}" for r in run_checks(form, TODAY) for text in r.failures]


def test_every_check_of_the_authors_holds(form: CompiledForm) -> None:
    assert form.definition.checks
    assert _failures(form) == []


@pytest.mark.parametrize("file", OVERLAYS, ids=lambda file: file.parts[-3])
def test_every_overlay_fits_and_its_checks_hold(file: Path) -> None:
    overlay = _overlay(file)
    assembled = load_form("consultation", overlays=[overlay])
    assert overlay.plugin == file.parts[-3]
    assert _failures(assembled) == []


def test_overlays_of_several_networks_meet_in_any_order() -> None:
    overlays = [_overlay(file) for file in OVERLAYS]
    orders = (overlays, overlays[::-1], [*overlays[1:], overlays[0]])
    hashes = {load_form("consultation", overlays=order).hash for order in orders}
    assert len(overlays) > 1
    assert len(hashes) == 1


def test_seven_required_answers_start_a_panel_the_question_first(form: CompiledForm) -> None:
    required = [i.id for i in _outside_rows(form.definition.items) if i.required or i.required_if]
    assert required[0] == "request_question"
    assert len(required) <= MOST_REQUIRED
    assert set(required) <= set(form.definition.views["quick"])


def test_overlays_require_nothing_more_of_an_empty_form(form: CompiledForm) -> None:
    def missing(one: CompiledForm) -> set[str]:
        return {issue.item for issue in evaluate(one, {}, Context(today=TODAY)).errors}

    assembled = load_form("consultation", overlays=[_overlay(file) for file in OVERLAYS])
    assert missing(assembled) == missing(form) != set()


def test_the_quick_case_and_all_sections_speak_every_language(form: CompiledForm) -> None:
    definition = form.definition
    wanted = set(definition.languages)
    shown = {item.id: item for item in walk(definition.items)}
    texts = {section.id: section.label for section in definition.items}
    for name in definition.views["quick"]:
        item = shown[name]
        texts[name] = item.label
        texts |= {f"{name} help": item.help} if item.help else {}
        for option in item.options or definition.lists.get(item.option_list, ()):
            texts[f"{name} {option.code}"] = option.label
    assert {name: set(text) for name, text in texts.items() if set(text) != wanted} == {}


def test_every_value_set_that_a_form_searches_is_defined(form: CompiledForm) -> None:
    found = read_value_sets([default_root() / "value_sets.yaml"], PackNames(read_packs()))
    known = {f"valueset:{value_set.id}" for value_set in found.all()}
    bound = {source for item in walk(form.definition.items) for source in item.options_from}
    assert bound
    assert bound - known == set()

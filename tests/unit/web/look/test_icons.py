"""Icons: every name that a template or module uses is in the sprite, and an unknown one is no crash."""

import logging
import re
from pathlib import Path

from portal.web.look import icons, manifest

ROOT = Path(__file__).resolve().parents[4]
NAMED = re.compile(r"\bicon\(\s*['\"]([\w-]+)['\"]|\bicon(?:_name)?=['\"]([\w-]+)['\"]")


def used_names():
    sources = [
        *ROOT.glob("portal/**/*.html"),
        *ROOT.glob("portal/**/*.py"),
        *ROOT.glob("plugins/**/*.html"),
        *ROOT.glob("plugins/**/*.py"),
    ]
    for path in sources:
        if "node_modules" in path.parts:
            continue
        for first, second in NAMED.findall(path.read_text(encoding="utf-8")):
            yield path.relative_to(ROOT), first or second


def test_every_icon_in_use_is_drawn():
    unknown = {(str(path), name) for path, name in used_names() if name not in icons.known_icons()}
    assert unknown == set(), "add the name to portal/assets/src/icons.json"


def test_the_sprite_holds_every_known_icon(demo):
    sprite = (manifest.DIST / manifest._entries()["icons.svg"]).read_text()
    assert set(re.findall(r'<symbol id="([\w-]+)"', sprite)) == set(icons.known_icons())
    assert "<script" not in sprite


def test_an_icon_is_decoration_unless_it_has_a_label(demo):
    with demo.test_request_context():
        assert 'aria-hidden="true"' in icons.icon("search")
        spoken = icons.icon("search", label='Find "x" <b>')
        assert 'role="img"' in spoken
        assert "<b>" not in spoken


def test_an_unknown_icon_is_named_in_the_log_and_drawn_as_a_circle(demo, caplog):
    with demo.test_request_context(), caplog.at_level(logging.WARNING):
        assert "#circle" in icons.icon("serch")
    assert "'search'" in caplog.text


def test_font_awesome_names_are_understood():
    assert icons.icon_from_fa("fa fa-lock") == "lock"
    assert icons.icon_from_fa("glyphicon-trash") == "delete"
    assert icons.icon_from_fa(None) == icons.icon_from_fa("fa-unheard-of") == ""

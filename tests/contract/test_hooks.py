"""Hooks: documented with their exact signature, and each used by core or by a plugin of this tree."""

import inspect
from pathlib import Path

from flask import Flask

from portal.extend import manager
from portal.extend.hooks import ALL

DOCS = Path(__file__).resolve().parents[2] / "docs" / "hooks.md"


def _hooks() -> dict[str, str]:
    return {
        name: f"{name}{inspect.signature(function)}".split(" ->")[0]
        .replace("'", "")
        .replace('"', "")
        for module in ALL
        for name, function in vars(module).items()
        if hasattr(function, "portal_spec")
    }


def test_each_hook_is_documented_with_its_signature() -> None:
    text = DOCS.read_text(encoding="utf-8")
    missing = [signature for signature in _hooks().values() if f"`{signature}`" not in text]
    assert missing == []


def test_each_hook_says_what_it_is_for() -> None:
    for module in ALL:
        for name, function in vars(module).items():
            if hasattr(function, "portal_spec"):
                assert len((function.__doc__ or "").strip()) > 20, name


def test_each_hook_has_a_real_user(app: Flask) -> None:
    del app
    unused = [name for name in _hooks() if not getattr(manager.hook, name).get_hookimpls()]
    assert unused == []

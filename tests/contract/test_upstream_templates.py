"""Templates of FAB and flask-admin that we replace: a change upstream must be looked at."""

import hashlib
import json
from pathlib import Path

import flask_admin
import flask_appbuilder

ROOT = Path(__file__).resolve().parents[2]
OURS = ROOT / "portal" / "web" / "templates"
NOTED = json.loads((ROOT / "portal/web/look/upstream.json").read_text(encoding="utf-8"))
UPSTREAM = {
    "appbuilder": Path(flask_appbuilder.__file__).parent / "templates" / "appbuilder",
    "admin": Path(flask_admin.__file__).parent / "templates" / "bootstrap4" / "admin",
}


def _hashes(library: str) -> dict[str, str]:
    root = UPSTREAM[library]
    return {
        f"{library}/{path.relative_to(root).as_posix()}": hashlib.sha256(
            path.read_bytes()
        ).hexdigest()
        for path in root.rglob("*.html")
    }


def _upstream() -> dict[str, str]:
    return _hashes("appbuilder") | _hashes("admin")


def test_no_replaced_template_has_changed_upstream() -> None:
    present = _upstream()
    changed = [name for name, seen in NOTED["replaced"].items() if present.get(name) != seen]
    assert changed == [], (
        "Compare these upstream templates with ours, carry over what matters, then run: "
        "python -m portal.web.look.upstream"
    )


def test_every_upstream_template_is_replaced_or_left_out_on_purpose() -> None:
    known = set(NOTED["replaced"]) | set(NOTED["left_out"])
    assert set(_upstream()) - known == set(), "new upstream templates: replace them or say why not"
    assert all(NOTED["left_out"].values()), "each template that is left out has a reason"


def test_what_is_noted_as_replaced_exists_here_and_nothing_is_noted_twice() -> None:
    assert [name for name in NOTED["replaced"] if not (OURS / name).is_file()] == []
    assert set(NOTED["replaced"]) & set(NOTED["left_out"]) == set()


def test_no_template_of_ours_carries_the_old_markup() -> None:
    old = (
        "data-toggle=",
        "glyphicon",
        "panel-heading",
        "input-group-addon",
        "jquery",
        "nonce=",
        "javascript:",
    )
    found = [
        f"{path.relative_to(OURS)}: {word}"
        for path in OURS.rglob("*.html")
        for word in old
        if word in path.read_text(encoding="utf-8").lower()
    ]
    assert found == []

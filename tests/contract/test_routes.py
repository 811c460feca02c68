"""Every endpoint carries a gate, or stands on the short public list with a reason."""

from flask import Flask

from portal.access.roles import Gate
from portal.web.public import PUBLIC


def _inventory(app: Flask) -> dict[str, object]:
    return {
        rule.endpoint: getattr(app.view_functions[rule.endpoint], "gate", None)
        or getattr(getattr(app.view_functions[rule.endpoint], "__wrapped__", None), "gate", None)
        for rule in app.url_map.iter_rules()
    }


def test_every_endpoint_carries_a_gate_or_a_reason(app: Flask) -> None:
    naked = [name for name, gate in _inventory(app).items() if gate is None and name not in PUBLIC]
    assert naked == [], "give these endpoints a gate, or a reason in web/public.py"


def test_gates_are_known(app: Flask) -> None:
    assert {gate for gate in _inventory(app).values() if gate is not None} <= set(Gate)


def test_the_public_list_names_only_what_exists(app: Flask) -> None:
    assert sorted(set(PUBLIC) - set(_inventory(app))) == []


def test_no_get_changes_anything_by_name(app: Flask) -> None:
    words = ("delete", "withdraw", "approve", "reject", "sign", "cancel", "remove")
    wrong = [
        str(rule)
        for rule in app.url_map.iter_rules()
        if "POST" not in (rule.methods or ()) and str(rule).rstrip("/").rpartition("/")[2] in words
    ]
    assert wrong == []

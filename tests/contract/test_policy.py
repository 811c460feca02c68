"""The policy as data: complete, and both faces of each relation known."""

from flask import Flask

from portal.access import policy, relations
from portal.access.guard import kind_of
from portal.access.permissions import Permission


def test_every_permission_has_a_rule_with_reason_and_grantor() -> None:
    assert set(policy.RULES) == set(Permission)
    for permission, rule in policy.RULES.items():
        assert rule.allow, permission
        assert rule.reason.endswith("."), permission
        assert rule.grantor, permission


def test_every_relation_of_the_policy_is_registered(app: Flask) -> None:
    del app
    for permission, rule in policy.RULES.items():
        for name in rule.allow:
            relation = relations.get(kind_of(permission), name)
            assert relation.words, (permission, name)


def test_no_relation_is_registered_in_vain(app: Flask) -> None:
    del app
    used = {(kind_of(p), name) for p, rule in policy.RULES.items() for name in rule.allow}
    used |= {(kind, name) for kind, (name, _) in policy.FORMER.items()}
    assert {(r.kind, r.name) for r in relations.all_relations()} - used == set()


def test_an_unknown_relation_names_the_nearest(app: Flask) -> None:
    del app
    try:
        relations.get("panel", "requestor")
    except LookupError as error:
        assert "did you mean 'requester'" in str(error)
    else:
        raise AssertionError("an unknown relation must be refused")

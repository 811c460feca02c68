"""Explain a decision: which relations hold, which rule decides, who can change it."""

from dataclasses import dataclass
from typing import Any

from flask_appbuilder import Model

from portal.access import guard, policy, relations
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.kernel import db
from portal.kernel.errors import InvalidInputError, NotFoundError, nearest


@dataclass(frozen=True)
class Explanation:
    """The answer to "why may she?" and "why can't I?"."""

    permission: str
    thing: str
    allowed: bool
    decided_by: str
    holding: tuple[str, ...]
    would_allow: tuple[str, ...]
    reason: str
    grantor: str


def find(reference: str) -> Any:
    """Return the thing that ``KIND:ID`` names; ``platform`` needs no id."""
    kind, _, identifier = reference.partition(":")
    if kind == "platform":
        return guard.PLATFORM
    models = {
        mapper.class_.access_kind: mapper.class_
        for mapper in Model.registry.mappers
        if getattr(mapper.class_, "access_kind", "")
    }
    if kind not in models:
        raise InvalidInputError(
            f"There is no kind of thing called '{kind}'.",
            hint=f"Nearest: '{nearest(kind, models)}'. Known: {', '.join(sorted(models))}.",
        )
    thing = db.session.get(models[kind], identifier)
    if thing is None:
        raise NotFoundError(f"There is no {kind} with the id '{identifier}'.")
    return thing


def permission_named(name: str) -> Permission:
    """Return the permission, or say the nearest one."""
    try:
        return Permission(name)
    except ValueError:
        raise InvalidInputError(
            f"There is no permission '{name}'.",
            hint=f"Nearest: '{nearest(name, list(Permission))}'.",
        ) from None


def explain(actor: Actor, permission: Permission, thing: Any) -> Explanation:
    """Return the decision with everything it rests on."""
    decision = guard.decide(actor, permission, thing)
    rule = policy.RULES[permission]
    kind = guard.kind_of(permission)
    holding = tuple(
        r.name for r in relations.all_relations() if r.kind == kind and r.holds(actor, thing)
    )
    return Explanation(
        permission=permission.value,
        thing=f"{thing.access_kind}:{getattr(thing, 'id', '')}".rstrip(":"),
        allowed=decision.allowed,
        decided_by=decision.relation,
        holding=holding,
        would_allow=rule.allow,
        reason=decision.reason,
        grantor=rule.grantor,
    )

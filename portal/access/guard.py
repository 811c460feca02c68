"""The only door to objects and acts: every service goes through here with its actor."""

from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, false, or_, true, union_all

from portal.access import policy, relations
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.kernel import db
from portal.kernel.db import Base
from portal.kernel.errors import ForbiddenError, NotFoundError

T = TypeVar("T", bound=Base)


class Platform:
    """The thing that platform permissions act upon."""

    access_kind = "platform"


PLATFORM = Platform()
MOST_KEPT = 200


@dataclass(frozen=True)
class Decision:
    """Whether an act is allowed, through which relation, or why not and who could change it."""

    allowed: bool
    relation: str = ""
    reason: str = ""
    grantor: str = ""


def kind_of(permission: Permission) -> str:
    """Return the kind of thing a permission acts upon."""
    return permission.value.partition(":")[0]


def decide(actor: Actor, permission: Permission, thing: Any) -> Decision:
    """Return the decision for one act on one thing."""
    rule = policy.RULES[permission]
    kind = kind_of(permission)
    if thing.access_kind != kind:
        raise TypeError(f"{permission} acts upon a {kind}, not a {thing.access_kind}")
    if actor.is_system:
        return Decision(allowed=True, relation="system")
    for name in rule.allow:
        if relations.get(kind, name).holds(actor, thing):
            return Decision(allowed=True, relation=name)
    return Decision(allowed=False, reason=rule.reason, grantor=rule.grantor)


def allows(actor: Actor | None, permission: Permission, thing: Any) -> bool:
    """Return whether the act is allowed (templates use it to show or hide)."""
    return actor is not None and decide(actor, permission, thing).allowed


def require(actor: Actor, permission: Permission, thing: Any) -> None:
    """Raise unless the act is allowed: not found for strangers, else forbidden with the reason."""
    decision = decide(actor, permission, thing)
    if decision.allowed:
        return
    knowing = policy.KNOWING.get(thing.access_kind)
    if knowing is not None and not decide(actor, knowing, thing).allowed:
        _tell_former(actor, thing)
        raise NotFoundError("There is nothing here, or it is not yours to see.")
    raise ForbiddenError(decision.reason, reason=decision.reason, grantor=decision.grantor)


def _tell_former(actor: Actor, thing: Any) -> None:
    """Tell somebody whose place has run out why the thing is closed, instead of that it is not there."""
    name, rule = policy.FORMER.get(thing.access_kind, ("", None))
    if rule is not None and relations.get(thing.access_kind, name).holds(actor, thing):
        raise ForbiddenError(rule.reason, reason=rule.reason, grantor=rule.grantor)


def access(actor: Actor, model: type[T], identifier: str | None, permission: Permission) -> T:
    """Return the row of ``model`` if the actor may do ``permission`` to it; otherwise raise."""
    thing = db.session.get(model, identifier) if identifier else None
    if thing is None:
        raise NotFoundError("There is nothing here, or it is not yours to see.")
    keep(thing)
    require(actor, permission, thing)
    return thing


def keep(*things: Base) -> None:
    """Hold rows for as long as the session lives, which by itself holds them only weakly.

    The parts of a page ask about the same few things; this way each is read once. Bounded, because
    sessions of background work live long.
    """
    kept: dict[int, Base] = db.session.info.setdefault("kept", {})
    if len(kept) > MOST_KEPT:
        kept.clear()
    kept.update((id(thing), thing) for thing in things)


def visible(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """Return the SQL criterion for all things on which the actor may do ``permission``."""
    if actor.is_system:
        return true()
    kind = kind_of(permission)
    criteria: list[ColumnElement[bool]] = []
    few: list[Select[Any]] = []
    for relation in (relations.get(kind, name) for name in policy.RULES[permission].allow):
        if relation.ids is not None:
            few += relation.ids(actor)
        elif relation.criterion is not None:
            criteria.append(relation.criterion(actor))
    if few:
        criteria.append(relations.key(kind).in_(union_all(*few)))
    return or_(false(), *criteria)

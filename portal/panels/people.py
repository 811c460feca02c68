"""Who the people behind a relation are: for tasks, messages and checks before asking somebody."""

from collections.abc import Callable, Iterable

from sqlalchemy import ColumnElement, and_, or_, select

from portal.access.actor import COORDINATOR, DISPATCHER, GUEST, RESEARCHER
from portal.kernel import clock, db
from portal.networks.models import Membership
from portal.panels.models import Panel
from portal.panels.relations import setting
from portal.panels.words import CONTRIBUTING, Role, Status

_NO_EXPERTS = (RESEARCHER,)


def people_of(panel: Panel, relation: str) -> set[str]:
    """Return the ids of the persons who have ``relation`` (a word of the workflow) to ``panel``."""
    if relation in _FINDERS:
        return _FINDERS[relation](panel)
    roles = {"member": {Role.MEMBER}, "contributor": set(CONTRIBUTING)}.get(relation, set(Role))
    return _rows(panel, {Status.ACCEPTED}, roles)


def many(panel: Panel, relations: Iterable[str]) -> set[str]:
    """Return everybody who has one of ``relations``."""
    return set().union(*(people_of(panel, relation) for relation in relations))


def signers(panel: Panel) -> set[str]:
    """Return who may sign the outcome: requester, lead, members, and guests where the network says so."""
    roles = {Role.LEAD, Role.MEMBER} | (
        {Role.GUEST} if setting(panel.network_id, "guests_sign") else set()
    )
    return {panel.requester_id} | _rows(panel, {Status.ACCEPTED}, roles)


def _rows(panel: Panel, statuses: set[Status], roles: set[Role]) -> set[str]:
    now = clock.now()
    return {
        row.person_id
        for row in panel.members
        if row.status in statuses
        and row.role in roles
        and (row.ends_at is None or row.ends_at > now)
    }


def in_force() -> ColumnElement[bool]:
    """Return the criterion for memberships that hold now."""
    return and_(
        Membership.ended_at.is_(None),
        or_(Membership.ends_at.is_(None), Membership.ends_at > clock.now()),
    )


def _assistants(panel: Panel) -> set[str]:
    return set(
        db.session.scalars(
            select(Membership.person_id).where(
                Membership.acts_for_id == panel.requester_id,
                Membership.centre_id == panel.centre_id,
                in_force(),
            )
        )
    )


def with_profile(network_id: str, profile: str) -> set[str]:
    """Return who holds ``profile`` in a network now."""
    return set(
        db.session.scalars(
            select(Membership.person_id).where(
                Membership.network_id == network_id, Membership.profile == profile, in_force()
            )
        )
    )


def standing(network_id: str, person_ids: Iterable[str]) -> dict[str, str]:
    """Return for each person how they stand to a network.

    ``own`` is an expert of the network, ``guest`` a guest in it, ``across`` a member of other networks
    only. Who has no membership in force is left out.
    """
    found: dict[str, str] = {}
    rank = {"own": 0, "guest": 1, "across": 2}
    rows = db.session.execute(
        select(
            Membership.person_id, Membership.network_id, Membership.profile, Membership.limited_to
        ).where(
            Membership.person_id.in_(sorted(set(person_ids))),
            Membership.network_id.is_not(None),
            Membership.profile.not_in(_NO_EXPERTS),
            in_force(),
        )
    )
    for person, network, profile, limited in rows:
        away = network != network_id or limited
        word = "across" if away else "guest" if profile == GUEST else "own"
        if rank[word] < rank.get(found.get(person, ""), 9):
            found[person] = word
    return found


_FINDERS: dict[str, Callable[[Panel], set[str]]] = {
    "requester": lambda panel: {panel.requester_id},
    "assistant": _assistants,
    "lead": lambda panel: {panel.lead_id} if panel.lead_id else set(),
    COORDINATOR: lambda panel: with_profile(panel.network_id, COORDINATOR),
    DISPATCHER: lambda panel: with_profile(panel.network_id, DISPATCHER),
    "invited": lambda panel: _rows(panel, {Status.INVITED}, set(Role)),
    "signer": signers,
}

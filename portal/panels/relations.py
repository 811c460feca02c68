"""What relates an actor to a panel, and a panel's people to its patient; each with two faces.

The rows of ``panel_member`` are read through ``Panel.members``, which one session loads once, so
that a page may ask about many acts at the price of one statement.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, union_all

from portal.access import actor as profiles
from portal.access import relations
from portal.access.actor import Actor
from portal.access.relations import Relation
from portal.kernel import clock, db
from portal.kernel.uow import in_write
from portal.networks.models import Network
from portal.panels.models import Panel, PanelMember
from portal.panels.words import CONTRIBUTING, PATIENT_CLOSED, Role, Status
from portal.patients.relations import assisted

_Holds = Callable[[Actor, Any], bool]
_Criterion = Callable[[Actor], ColumnElement[bool]]
_Ids = Callable[[Actor], list[Select[Any]]]


@dataclass(frozen=True)
class _Faces:
    """The two faces of a relation; the second is a criterion, or selects of few identifiers."""

    holds: _Holds
    criterion: _Criterion | None = None
    ids: _Ids | None = None

    def sql(self, actor: Actor) -> ColumnElement[bool]:
        """Return the second face as a criterion."""
        if self.ids is not None:
            few = self.ids(actor)
            return Panel.id.in_(union_all(*few)) if few else false()
        return self.criterion(actor) if self.criterion is not None else false()


def _panels(*criteria: ColumnElement[bool]) -> Select[Any]:
    return select(Panel.id).where(*criteria).correlate(None)


# --- the requester's side -----------------------------------------------------------------------


def _requester_holds(actor: Actor, thing: Any) -> bool:
    return bool(thing.requester_id == actor.person_id and thing.centre_id in actor.centres_as())


def _requester_ids(actor: Actor) -> list[Select[Any]]:
    centres = sorted(actor.centres_as())
    if not centres:
        return []
    return [_panels(Panel.requester_id == actor.person_id, Panel.centre_id.in_(centres))]


def _assistant_holds(actor: Actor, thing: Any) -> bool:
    return (thing.requester_id, thing.centre_id) in assisted(actor)


def _assistant_ids(actor: Actor) -> list[Select[Any]]:
    return [
        _panels(Panel.requester_id == person, Panel.centre_id == centre)
        for person, centre in assisted(actor)
    ]


# --- the panel's people -------------------------------------------------------------------------


def _sent(thing: Any) -> bool:
    """A draft is its requester's own: whoever is named in it knows nothing of it yet."""
    return bool(thing.phase != "draft")


def _lead_holds(actor: Actor, thing: Any) -> bool:
    named = thing.lead_id == actor.person_id and thing.network_id in actor.networks_as()
    return bool(named and _sent(thing))


def _lead_ids(actor: Actor) -> list[Select[Any]]:
    networks = sorted(actor.networks_as())
    if not networks:
        return []
    at_home = Panel.network_id.in_(networks)
    return [_panels(Panel.lead_id == actor.person_id, at_home, Panel.phase != "draft")]


def on_panel(actor: Actor, panel: Any, statuses: frozenset[str]) -> PanelMember | None:
    """Return the actor's row of ``panel`` if it is in one of ``statuses`` and in force now.

    Everybody but a guest must still belong to the panel's network; a guest's row may end.
    """
    if not _sent(panel):
        return None
    now, at_home = clock.now(), panel.network_id in actor.networks_as()
    row: PanelMember
    for row in panel.members:
        if row.person_id != actor.person_id or row.status not in statuses or _ended(row, now):
            continue
        if at_home or row.role == Role.GUEST:
            return row
    return None


def _ended(row: PanelMember, now: datetime) -> bool:
    return row.ends_at is not None and row.ends_at <= now


def _former_guest(actor: Actor, panel: Any) -> bool:
    now = clock.now()
    return any(
        row.person_id == actor.person_id
        and row.role == Role.GUEST
        and row.status == Status.ACCEPTED
        and _ended(row, now)
        for row in panel.members
    )


def _row_ids(actor: Actor, statuses: frozenset[str], roles: frozenset[str]) -> list[Select[Any]]:
    """Return the SQL face of :func:`on_panel` for rows in one of ``roles``."""
    networks = sorted(actor.networks_as())
    at_home = Panel.network_id.in_(networks) if networks else false()
    return [
        select(PanelMember.panel_id)
        .join(Panel, Panel.id == PanelMember.panel_id)
        .where(
            PanelMember.person_id == actor.person_id,
            PanelMember.status.in_(sorted(statuses)),
            PanelMember.role.in_(sorted(roles)),
            or_(PanelMember.ends_at.is_(None), PanelMember.ends_at > clock.now()),
            or_(PanelMember.role == Role.GUEST, at_home),
            Panel.phase != "draft",
        )
        .correlate(None)
    ]


_ACCEPTED = frozenset({Status.ACCEPTED})
_INVITED = frozenset({Status.INVITED})
_ALL_ROLES = frozenset(Role)


def _row(statuses: frozenset[str], roles: frozenset[str]) -> _Faces:
    def holds(actor: Actor, thing: Any) -> bool:
        row = on_panel(actor, thing, statuses)
        return row is not None and row.role in roles

    return _Faces(holds, ids=lambda actor: _row_ids(actor, statuses, roles))


# --- coordinators, and what a network's settings allow ------------------------------------------


def _profile(profile: str) -> _Faces:
    def holds(actor: Actor, thing: Any) -> bool:
        return thing.network_id in actor.networks_as(profile) and _sent(thing)

    def criterion(actor: Actor) -> ColumnElement[bool]:
        networks = sorted(actor.networks_as(profile))
        if not networks:
            return false()
        return and_(Panel.network_id.in_(networks), Panel.phase != "draft")

    return _Faces(holds, criterion)


def setting(network_id: str, name: str) -> bool:
    """Return whether a network has set ``name`` to true."""
    network = db.session.get(Network, network_id)
    return network is not None and network.settings.get(name) is True


def _if_set(name: str, faces: _Faces) -> _Faces:
    """Narrow a relation to the networks that have set ``name``."""

    def holds(actor: Actor, thing: Any) -> bool:
        return faces.holds(actor, thing) and setting(thing.network_id, name)

    def criterion(actor: Actor) -> ColumnElement[bool]:
        willing = select(Network.id).where(Network.settings[name].as_boolean().is_(True))
        return and_(faces.sql(actor), Panel.network_id.in_(willing))

    return _Faces(holds, criterion)


# --- the patient of a panel ---------------------------------------------------------------------


def _opens_patient(actor: Actor, panel: Panel) -> bool:
    if panel.phase in PATIENT_CLOSED:
        return False
    return _lead_holds(actor, panel) or on_panel(actor, panel, _ACCEPTED) is not None


def _patient_holds(actor: Actor, thing: Any) -> bool:
    """A panel that this session has loaded already answers without a statement."""
    for loaded in list(db.session.identity_map.values()):
        if (
            isinstance(loaded, Panel)
            and loaded.patient_id == thing.id
            and _opens_patient(actor, loaded)
        ):
            return True
    return _asked_once(actor, thing.id)


def _asked_once(actor: Actor, patient_id: str) -> bool:
    """Ask the database, once a reading transaction: every part of a page asks the same."""
    transaction = db.session().get_transaction()
    kept = db.session.info.get("participants")
    if kept is None or kept[0] is not transaction or in_write():
        kept = db.session.info["participants"] = (transaction, {})
    answers: dict[tuple[str, str], bool] = kept[1]
    key = actor.person_id, patient_id
    if key not in answers:
        statement = select(Panel.id).where(
            Panel.patient_id == patient_id, _opens_patient_sql(actor)
        )
        answers[key] = db.session.scalar(statement.limit(1)) is not None
    return answers[key]


def _opens_patient_sql(actor: Actor) -> ColumnElement[bool]:
    return and_(
        Panel.phase.not_in(sorted(PATIENT_CLOSED)),
        Panel.id.in_(union_all(*_lead_ids(actor), *_row_ids(actor, _ACCEPTED, _ALL_ROLES))),
    )


def _patient_ids(actor: Actor) -> list[Select[Any]]:
    return [
        select(Panel.patient_id)
        .where(Panel.patient_id.is_not(None), _opens_patient_sql(actor))
        .correlate(None)
    ]


# --- registration -------------------------------------------------------------------------------

_REQUESTER = _Faces(_requester_holds, ids=_requester_ids)
_LEAD = _Faces(_lead_holds, ids=_lead_ids)
_COORDINATOR = _profile(profiles.COORDINATOR)
_GUEST = _row(_ACCEPTED, frozenset({Role.GUEST}))

_PANEL: tuple[tuple[str, str, _Faces], ...] = (
    ("requester", "who asked the question, while at that centre", _REQUESTER),
    ("assistant", "an assistant of the requester", _Faces(_assistant_holds, ids=_assistant_ids)),
    ("lead", "the lead of the panel", _LEAD),
    ("participant", "a person on the panel", _row(_ACCEPTED, _ALL_ROLES)),
    ("contributor", "an expert on the panel", _row(_ACCEPTED, frozenset(CONTRIBUTING))),
    ("member", "a member of the panel", _row(_ACCEPTED, frozenset({Role.MEMBER}))),
    ("invited", "a person asked to the panel", _row(_INVITED, _ALL_ROLES)),
    ("coordinator", "a coordinator of the network", _COORDINATOR),
    ("dispatcher", "a dispatcher of the network", _profile(profiles.DISPATCHER)),
    ("guest_signs", "a guest, where the network lets guests sign", _if_set("guests_sign", _GUEST)),
    ("guest_downloads", "a guest, where the network lets guests download", _if_set("guests_download", _GUEST)),
    ("requester_across", "the requester, where the network lets requesters ask across networks", _if_set("experts_invite_across", _REQUESTER)),
    ("lead_across", "the lead, where the network lets leads ask across networks", _if_set("experts_invite_across", _LEAD)),
    ("coordinator_moves", "a coordinator, where the network lets coordinators move panels", _if_set("coordinator_moves", _COORDINATOR)),
    ("coordinator_downloads", "a coordinator, where the network lets coordinators download outcomes", _if_set("coordinator_downloads", _COORDINATOR)),
)  # fmt: skip


def names_of(actor: Actor, panel: Any) -> frozenset[str]:
    """Return the names of all relations that the actor has to a panel; system has ``system``."""
    if actor.is_system:
        return frozenset({"system"})
    return frozenset(name for name, _, faces in _PANEL if faces.holds(actor, panel))


def register() -> None:
    """Make the relations of panels known to the policy."""
    relations.register_key("panel", Panel.id)
    relations.register(
        *[
            Relation("panel", name, words, faces.holds, faces.criterion, faces.ids)
            for name, words, faces in _PANEL
        ],
        Relation(
            "panel",
            "former_guest",
            "a guest of the panel whose time is over",
            _former_guest,
            lambda _: false(),  # in no list
        ),
        Relation(
            "patient",
            "panel_participant",
            "a person on a panel of the patient",
            _patient_holds,
            ids=_patient_ids,
        ),
    )

"""Guests from outside: a link to one panel, or to all running panels about one patient.

The link is made by those who may ask across networks; whoever opens it sits on the panel as a guest until
the membership ends. Panels sit above people, so what a limited membership opens is registered here.
"""

from sqlalchemy import Select, select

from portal import tasks
from portal.access import guard
from portal.access.actor import GUEST, Actor, system
from portal.access.permissions import Permission
from portal.kernel import clock, db
from portal.kernel.errors import InvalidInputError, NotFoundError
from portal.kernel.uow import writes
from portal.networks import limits
from portal.networks.limits import Limit, Seat
from portal.networks.memberships import in_force
from portal.networks.models import Membership, Network
from portal.panels import events
from portal.panels.models import Panel, PanelMember
from portal.panels.service.moving import register_step
from portal.panels.service.opening import access_panel, require_running
from portal.panels.service.tasks import answer_due
from portal.panels.words import PATIENT_CLOSED, Role, Status
from portal.people.service.invitations import NewInvitation, make
from portal.workflow.engine import Move

_OVER = frozenset({"cancelled", "archived"})


@writes
def invite_outsider(
    actor: Actor,
    panel_id: str,
    email: str,
    message: str = "",
    *,
    whole_patient: bool = False,
    days: int = 14,
) -> str:
    """Invite somebody without access to this panel alone; mail the link and return its secret.

    With ``whole_patient`` the guest joins every running panel of the network about the patient, also
    those opened later; the actor must be allowed to ask across networks on each of them.
    """
    panel = access_panel(actor, panel_id, Permission.PANEL_INVITE_ACROSS)
    require_running(panel, but=("draft", "sign_off"), what="nobody is asked to the panel")
    limit = f"panel:{panel.id}"
    if whole_patient:
        if panel.patient_id is None:
            raise InvalidInputError(
                "This panel is about no patient.", hint="Invite the guest to the panel alone."
            )
        for other in _running(panel.patient_id, panel.network_id):
            guard.require(actor, Permission.PANEL_INVITE_ACROSS, other)
        limit = f"patient:{panel.patient_id}"
    network = db.session.get_one(Network, panel.network_id)
    wanted = NewInvitation(
        network_id=network.id,
        profile=GUEST,
        email=email,
        message=message,
        limited_to=limit,
        days=days,
        mail=True,
    )
    secret = make(actor, network, wanted)
    events.happened(actor, panel, "outsider_invited", facts={"whole_patient": whole_patient})
    return secret


@writes
def seat_guest(actor: Actor, panel_id: str, wanted: Seat) -> None:
    """Give a guest a place on the panel; one who is on it already stays, with the later end."""
    panel = access_panel(actor, panel_id, Permission.PANEL_INVITE_ACROSS)
    row = next((r for r in panel.members if r.person_id == wanted.person_id), None)
    if panel.requester_id == wanted.person_id:
        return
    if row is not None and row.status in {Status.ACCEPTED, Status.INVITED}:
        if row.role != Role.GUEST:
            return
        if row.status == Status.ACCEPTED:
            row.ends_at = max(filter(None, (row.ends_at, wanted.ends_at)))
            return
    if row is None:
        row = PanelMember(person_id=wanted.person_id, message="")
        panel.members.append(row)
    row.role, row.status, row.ends_at, row.reason = (
        Role.GUEST,
        Status.ACCEPTED,
        wanted.ends_at,
        "",
    )
    row.invited_by = wanted.invited_by or panel.requester_id
    row.invited_at = row.answered_at = clock.now()
    db.session.flush()
    tasks.close(events.entity(panel), "invitation", person_id=wanted.person_id)
    events.happened(actor, panel, "guest_joined", facts={"person_id": wanted.person_id})
    answer_due(panel, [wanted.person_id])


@writes
def change_end(actor: Actor, panel_id: str, wanted: Seat) -> None:
    """Let a guest's place on a panel end when the membership does."""
    panel = access_panel(actor, panel_id, Permission.PANEL_INVITE_ACROSS)
    for row in panel.members:
        if row.person_id == wanted.person_id and row.role == Role.GUEST:
            row.ends_at = wanted.ends_at
            facts = {"person_id": row.person_id, "to": wanted.ends_at.date().isoformat()}
            events.happened(actor, panel, "guest_end_changed", facts=facts)


def _about(patient_id: str, network_id: str) -> Select[Panel]:
    return (
        select(Panel)
        .where(Panel.patient_id == patient_id, Panel.network_id == network_id)
        .order_by(Panel.id)
    )


def _running(patient_id: str, network_id: str) -> list[Panel]:
    closed = sorted(PATIENT_CLOSED | _OVER)
    running = _about(patient_id, network_id).where(
        Panel.phase.not_in(closed), Panel.closed_at.is_(None)
    )
    return list(db.session.scalars(running))


def _panel_words(panel_id: str) -> str:
    """Return the number of the panel: the invited do not see it yet, and learn no more than that."""
    number = db.session.scalar(select(Panel.number).where(Panel.id == panel_id))
    if number is None:
        raise NotFoundError("That panel is no longer there.")
    return f"panel {number}"


def _seat_on_one(actor: Actor, panel_id: str, wanted: Seat) -> None:
    panel = access_panel(actor, panel_id, Permission.PANEL_INVITE_ACROSS)
    require_running(panel, what="nobody joins the panel as a guest")
    seat_guest(actor, panel_id, wanted)


def _seat_on_all(actor: Actor, patient_id: str, wanted: Seat) -> None:
    for panel in _running(patient_id, wanted.network_id):
        seat_guest(actor, panel.id, wanted)


def _end_on_all(actor: Actor, patient_id: str, wanted: Seat) -> None:
    for panel in db.session.scalars(_about(patient_id, wanted.network_id)).all():
        change_end(actor, panel.id, wanted)


def _first_panel(patient_id: str, network_id: str) -> str:
    panels = _running(patient_id, network_id)
    return f"/panel/{panels[0].id}/" if panels else "/"


def _later_panel(actor: Actor, panel: Panel, decided: Move) -> None:
    """A question is sent: guests of its patient join that panel too."""
    del actor
    if decided.source.code != "draft" or panel.patient_id is None:
        return
    guests = db.session.scalars(
        select(Membership).where(
            Membership.limited_to == f"patient:{panel.patient_id}",
            Membership.network_id == panel.network_id,
            in_force(),
        )
    ).all()
    for guest in guests:
        seat = Seat(
            guest.person_id, panel.network_id, guest.granted_by, guest.ends_at or clock.now()
        )
        seat_guest(system("guests"), panel.id, seat)


def register() -> None:
    """Make panels and patients known as what a guest may be limited to."""
    register_step("guests", _later_panel)
    limits.register(
        Limit("panel", _panel_words, lambda i, _: f"/panel/{i}/", _seat_on_one, change_end),
        Limit(
            "patient",
            lambda _: "all running panels about one patient",
            _first_panel,
            _seat_on_all,
            _end_on_all,
        ),
    )

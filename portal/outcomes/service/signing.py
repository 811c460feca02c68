"""Sign one exact version of the outcome, or object to it."""

from sqlalchemy import select

from portal import tasks
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.kernel import clock, db
from portal.kernel.errors import ConflictError, GuardRefusedError, InvalidInputError
from portal.kernel.uow import writes
from portal.outcomes import state
from portal.outcomes.content import hash_of
from portal.outcomes.models import Outcome, Signature
from portal.outcomes.steps import SIGNING
from portal.outcomes.words import Status
from portal.panels import events
from portal.panels.models import Panel
from portal.panels.service.moving import take
from portal.panels.service.opening import access_panel, phase_of

LONGEST_REMARK = 2000


@writes
def sign(actor: Actor, panel_id: str, outcome_hash: str, remark: str = "") -> int:
    """Sign the version whose hash the actor has read; return how many have signed it.

    Raises ``ConflictError`` when the text has changed since. Signing twice counts once.
    """
    panel = access_panel(actor, panel_id, Permission.PANEL_SIGN)
    outcome = _read(panel, outcome_hash)
    _decide(actor, outcome, outcome_hash, "signed", remark)
    tasks.close(events.entity(panel), "sign", person_id=actor.person_id, by=actor.person_id)
    events.happened(
        actor,
        panel,
        "outcome_signed",
        facts={"outcome_id": outcome.id, "number": outcome.number, "hash": outcome_hash},
        reason=remark,
    )
    db.session.flush()
    return int(state.facts(panel)["signatures"])


@writes
def object_to(actor: Actor, panel_id: str, outcome_hash: str, remark: str) -> None:
    """Object with a remark: the outcome goes back to the lead, and signatures are given anew."""
    panel = access_panel(actor, panel_id, Permission.PANEL_SIGN)
    outcome = _read(panel, outcome_hash)
    if not remark.strip():
        raise InvalidInputError(
            "Please check these answers.", fields={"remark": "Say what should be different."}
        )
    _decide(actor, outcome, outcome_hash, "objected", remark)
    events.happened(
        actor,
        panel,
        "outcome_objected",
        facts={"outcome_id": outcome.id, "number": outcome.number},
        reason=remark,
    )
    take(actor, panel, "object", remark)


def _read(panel: Panel, outcome_hash: str) -> Outcome:
    outcome = state.in_work(panel.id)
    if panel.phase != SIGNING or outcome is None or outcome.status != Status.IN_SIGNATURE:
        raise GuardRefusedError(f"In the phase '{phase_of(panel).label}' there is nothing to sign.")
    if hash_of(panel.number, outcome) != outcome_hash:
        raise ConflictError(
            "The outcome has changed since you opened it. Read it again, then sign."
        )
    return outcome


def _decide(actor: Actor, outcome: Outcome, outcome_hash: str, decision: str, remark: str) -> None:
    if len(remark) > LONGEST_REMARK:
        raise InvalidInputError(
            "Please check these answers.",
            fields={"remark": f"Use at most {LONGEST_REMARK} letters."},
        )
    row = db.session.scalar(
        select(Signature).where(
            Signature.outcome_id == outcome.id,
            Signature.person_id == actor.person_id,
            Signature.outcome_hash == outcome_hash,
        )
    )
    if row is None:
        row = Signature(outcome_id=outcome.id, person_id=actor.person_id, outcome_hash=outcome_hash)
        db.session.add(row)
    row.decision, row.remark, row.at = decision, remark.strip(), clock.now()

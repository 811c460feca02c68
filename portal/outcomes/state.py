"""What an outcome tells the workflow of its panel: what is missing, who has signed."""

from typing import Any

from sqlalchemy import select

from portal.kernel import clock, db
from portal.networks.models import Network
from portal.outcomes.content import content_of, hash_of, missing
from portal.outcomes.models import Outcome, Signature
from portal.outcomes.words import Status
from portal.panels.models import Panel
from portal.panels.people import signers

DEFAULT_QUORUM = 2
OPEN = (Status.DRAFT, Status.IN_SIGNATURE)


def latest(panel_id: str, status: str = "") -> Outcome | None:
    """Return the newest version of a panel's outcome, or the newest one in ``status``."""
    statement = select(Outcome).where(Outcome.panel_id == panel_id)
    if status:
        statement = statement.where(Outcome.status == status)
    return db.session.scalar(statement.order_by(Outcome.number.desc()).limit(1))


def in_work(panel_id: str) -> Outcome | None:
    """Return the version that is not sealed yet, if there is one."""
    found = latest(panel_id)
    return found if found is not None and found.status in OPEN else None


def quorum_of(panel: Panel) -> int:
    """Return how many must sign: the network's setting, at most as many as may sign."""
    network = db.session.get_one(Network, panel.network_id)
    wanted = network.settings.get("quorum", DEFAULT_QUORUM)
    number = wanted if isinstance(wanted, int) and not isinstance(wanted, bool) else DEFAULT_QUORUM
    return max(1, min(number, len(signers(panel))))


Rows = list[tuple[Outcome, Signature | None]]


def versions_of(panel_id: str) -> Rows:
    """Return all versions, newest first, each with its signatures in the order of signing."""
    found = db.session.execute(
        select(Outcome, Signature)
        .outerjoin(Signature, Signature.outcome_id == Outcome.id)
        .where(Outcome.panel_id == panel_id)
        .order_by(Outcome.number.desc(), Signature.at, Signature.id)
    )
    return [(row[0], row[1]) for row in found]


def facts(panel: Panel) -> dict[str, Any]:
    """Return the facts for the guards ``outcome_complete`` and ``signed``; one statement."""
    return facts_from(panel, versions_of(panel.id))


def facts_from(panel: Panel, rows: Rows) -> dict[str, Any]:
    """Return the same facts from versions that were read already."""
    newest = rows[0][0] if rows else None
    current = newest if newest is not None and newest.status in OPEN else None
    signed = 0
    if current is not None:
        wanted = hash_of(panel.number, current)
        may = signers(panel)
        signed = len(
            {
                s.person_id
                for o, s in rows
                if o is current
                and s is not None
                and s.decision == "signed"
                and s.outcome_hash == wanted
                and s.person_id in may
            }
        )
    return {
        "outcome_missing": missing(content_of(current)) if current is not None else ["a draft"],
        "signatures": signed,
        "quorum": quorum_of(panel),
        "past_due": panel.phase == "sign_off"
        and panel.due_on is not None
        and panel.due_on < clock.today(),
    }

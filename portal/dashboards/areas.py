"""How many panels each thematic area of a network has, for a chart."""

from dataclasses import dataclass

from sqlalchemy import case, func, select

from portal.access import guard
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.kernel import db
from portal.networks.models import ThematicArea
from portal.panels.models import Panel


@dataclass(frozen=True)
class AreaFigures:
    """One thematic area: panels that are running, and those that have been closed."""

    label: str
    running: int
    closed: int


def by_area(actor: Actor, network_id: str) -> list[AreaFigures]:
    """Return the areas that have panels which the actor may list, most panels first."""
    closed = func.sum(case((Panel.closed_at.is_not(None), 1), else_=0))
    rows = db.session.execute(
        select(ThematicArea.label, func.count(), closed)
        .join(Panel, Panel.area_id == ThematicArea.id)
        .where(guard.visible(actor, Permission.PANEL_LIST))
        .where(Panel.network_id == network_id, Panel.opened_at.is_not(None))
        .where(Panel.phase != "cancelled")
        .group_by(ThematicArea.id, ThematicArea.label)
        .order_by(func.count().desc(), ThematicArea.label)
    )
    return [AreaFigures(label, int(total) - int(done), int(done)) for label, total, done in rows]

"""Which memberships count: those neither ended nor past their time."""

from sqlalchemy import ColumnElement, and_, or_

from portal.kernel import clock
from portal.networks.models import Membership


def in_force() -> ColumnElement[bool]:
    """Return the criterion for memberships in force now."""
    return and_(
        Membership.ended_at.is_(None),
        or_(Membership.ends_at.is_(None), Membership.ends_at > clock.now()),
    )

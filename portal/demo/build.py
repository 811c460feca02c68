"""Build the demo world with the portal's own services, in order of time, the same each time."""

from collections.abc import Callable

from flask import current_app
from sqlalchemy import select

from portal.demo import admissions, cast, play
from portal.demo.settle import settle
from portal.demo.stage import SYSTEM, Calendar, Stage
from portal.kernel import db
from portal.kernel.errors import InvalidInputError
from portal.people.models import Person


def build(progress: Callable[[str], object]) -> Stage:
    """Fill an empty database; ``progress`` is told in plain sentences how far it is.

    Needs an application context and a database with roles and networks (``portal db upgrade``).
    Raises ``InvalidInputError`` when somebody is there already.
    """
    if db.session.scalar(select(Person.id).limit(1)) is not None:
        raise InvalidInputError(
            "The database is not empty.", hint="Use 'portal demo --reset' to begin anew."
        )
    stage = Stage(issuer=str(current_app.extensions["portal.settings"].oidc_issuer))
    progress("hospitals and people …")
    cast.put_on_stage(stage)
    calendar = Calendar()
    admissions.schedule(stage, calendar)
    play.schedule(stage, calendar)
    cast.requests_of_access(stage, calendar)
    progress("patients and panels …")
    calendar.play(progress, "events")
    settle(SYSTEM)
    progress(
        f"{len(stage.centres)} hospitals, {len(stage.people)} people, "
        f"{len(stage.patients)} patients, {len(stage.panels)} panels"
    )
    return stage

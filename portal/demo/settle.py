"""After the build: what was sent in the past has been sent, what was read has been read."""

from datetime import timedelta

from sqlalchemy import update

from portal.access.actor import Actor
from portal.jobs.models import Job
from portal.kernel import clock, db
from portal.kernel.uow import writes
from portal.notifications.models import Notice, OutboxMessage
from portal.people.models import Person

READ_AFTER = timedelta(days=6)
SEEN_AGO = timedelta(days=3)


@writes
def settle(actor: Actor) -> None:
    """Leave the past behind: mails are sent, old notices read, everybody was here lately."""
    del actor
    now = clock.now()
    db.session.execute(
        update(Job)
        .where(Job.done_at.is_(None), Job.kind == "notifications.deliver")
        .values(done_at=now)
    )
    db.session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.sent_at.is_(None))
        .values(sent_at=OutboxMessage.created_at)
    )
    # Everybody was here this week: the account of somebody who stays away is suspended in time.
    db.session.execute(update(Person).values(last_seen_at=now - SEEN_AGO))
    db.session.execute(
        update(Notice)
        .where(Notice.read_at.is_(None), Notice.at < now - READ_AFTER)
        .values(read_at=Notice.at)
    )

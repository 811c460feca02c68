"""The outbox: once per cause, at once or in a digest, again after a crash under the same Message-ID."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import select

from portal.access.actor import Actor, system
from portal.jobs import worker
from portal.jobs.models import Job
from portal.kernel import clock, db
from portal.kernel.errors import InvalidInputError
from portal.kernel.uow import writes
from portal.notifications import delivery, notify, service
from portal.notifications.mail import Office
from portal.notifications.models import Notice, OutboxMessage
from portal.people.models import Person
from portal.testing.world import World

ActorOf = Callable[[str], Actor]


class PostBox:
    """A channel that keeps what was handed over, and may refuse."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refuse = 0
        self.die_after = False

    def send(self, message: EmailMessage) -> None:
        if self.refuse:
            self.refuse -= 1
            raise OSError("mail server away")
        self.mails.append(message)
        if self.die_after:
            raise KeyboardInterrupt


@pytest.fixture
def box(world: World) -> Iterator[PostBox]:
    del world
    made = PostBox()
    before = list(delivery._office)
    delivery.configure(Office("https://portal.test", "ERN portal <portal@portal.test>"), made)
    yield made
    delivery._office[:] = before


@writes
def _tell(actor: Actor, people: list[str], **more: Any) -> None:
    values = {"text": "NMD-2026-0001: a question waits for a lead", "url": "/panel/x/", **more}
    notify(people, values.pop("kind", "panel_opened"), "panel:x", **values)
    del actor


def _waiting() -> list[OutboxMessage]:
    return list(db.session.scalars(select(OutboxMessage).where(OutboxMessage.sent_at.is_(None))))


def _leave_queue() -> None:
    """Work the queue as if an hour had passed: what waits is due, leases of dead workers are over."""
    before = clock.now() - timedelta(hours=1)
    for job in db.session.scalars(select(Job).where(Job.done_at.is_(None))):
        job.run_at, job.leased_until = before, None
    db.session.commit()
    worker.run_pending()


def test_a_cause_tells_each_person_once(world: World, box: PostBox) -> None:
    people = [world.people["lead"], world.people["member"]]
    _tell(system("t"), people)
    _tell(system("t"), people)
    assert len(db.session.scalars(select(Notice)).all()) == 2
    _leave_queue()
    assert sorted(str(m["To"]) for m in box.mails) == [
        "Γιώργος Παπαδόπουλος <lead@hospital.test>",
        "Мария Иванова <member@hospital.test>",
    ]
    assert _waiting() == []


def test_a_mail_says_what_and_where_and_nothing_else(world: World, box: PostBox) -> None:
    _tell(system("t"), [world.people["lead"]])
    _leave_queue()
    (mail,) = box.mails
    assert mail["Subject"] == "NMD-2026-0001: a question waits for a lead"
    assert mail["From"] == "ERN portal <portal@portal.test>"
    assert mail["List-Unsubscribe"] == "<https://portal.test/notices/preferences>"
    assert mail["Auto-Submitted"] == "auto-generated"
    plain, html = (part.get_content() for part in mail.iter_parts())
    assert "https://portal.test/panel/x/" in plain
    assert html.count("<a href=") == 2
    assert "You forward requests of this network." in plain


def test_what_was_rolled_back_is_never_told(world: World, box: PostBox) -> None:
    @writes
    def fails(actor: Actor) -> None:
        del actor
        notify([world.people["lead"]], "panel_opened", "panel:x", text="Lost", url="/")
        raise InvalidInputError("no")

    with pytest.raises(InvalidInputError):
        fails(system("t"))
    _leave_queue()
    assert box.mails == []
    assert db.session.scalars(select(Notice)).all() == []


def test_a_crash_between_sending_and_marking_repeats_the_same_mail(
    world: World, box: PostBox
) -> None:
    _tell(system("t"), [world.people["lead"]])
    box.die_after = True
    with pytest.raises(KeyboardInterrupt):
        _leave_queue()
    db.session.rollback()
    assert len(_waiting()) == 1
    box.die_after = False
    _leave_queue()
    assert len(box.mails) == 2
    assert box.mails[0]["Message-ID"] == box.mails[1]["Message-ID"]
    _leave_queue()
    assert len(box.mails) == 2
    assert _waiting() == []


def test_a_mail_server_that_is_away_is_tried_again(world: World, box: PostBox) -> None:
    _tell(system("t"), [world.people["lead"]])
    box.refuse = 1
    _leave_queue()
    (message,) = _waiting()
    assert (message.failed, message.last_error) == (1, "OSError: mail server away")
    _leave_queue()
    assert len(box.mails) == 1
    assert _waiting() == []


def test_a_suspended_person_gets_no_mail(world: World, box: PostBox) -> None:
    person = db.session.get_one(Person, world.people["lead"])
    person.suspended_at = clock.now()
    db.session.commit()
    _tell(system("t"), [world.people["lead"]])
    _leave_queue()
    assert box.mails == []
    assert db.session.scalars(select(OutboxMessage.last_error)).all() == ["nobody to send it to"]


def test_the_digest_comes_once_at_the_persons_hour(world: World, box: PostBox) -> None:
    person = db.session.get_one(Person, world.people["member"])
    person.time_zone, person.digest_hour = "UTC", (clock.now() + timedelta(hours=3)).hour
    db.session.commit()
    for number in range(3):
        _tell(
            system("t"),
            [world.people["member"]],
            kind="panel_contribution",
            text=f"NMD-2026-000{number}: news",
            key=f"n{number}",
            delivery="digest",
        )
    assert db.session.scalars(select(Job.id).where(Job.kind == "notifications.deliver")).all() == []
    delivery.digests({})
    assert box.mails == []
    with clock.shifted(timedelta(hours=3)):
        delivery.digests({})
        delivery.digests({})
    (mail,) = box.mails
    assert mail["Subject"] == "3 pieces of news on the ERN portal"
    plain = mail.get_body(("plain",)).get_content()
    assert [f"NMD-2026-000{n}: news" in plain for n in range(3)] == [True] * 3
    assert _waiting() == []


def test_one_broken_digest_does_not_hold_up_the_others(world: World, box: PostBox) -> None:
    for name in ("member", "lead"):
        person = db.session.get_one(Person, world.people[name])
        person.time_zone, person.digest_hour = "UTC", clock.now().hour
    db.session.commit()
    _tell(system("t"), [world.people["member"], world.people["lead"]], delivery="digest")
    box.refuse = 1
    delivery.digests({})
    assert len(box.mails) == 1
    assert len(_waiting()) == 1


def test_muted_subjects_stay_in_the_page(world: World, box: PostBox, actor_of: ActorOf) -> None:
    service.mute(actor_of("member"), "panel:x")
    _tell(system("t"), [world.people["member"]], delivery="digest", key="a")
    _tell(system("t"), [world.people["member"]], delivery="immediate", key="b")
    assert [m.delivery for m in _waiting()] == ["immediate"]
    assert len(service.notices(actor_of("member")).rows) == 2
    service.mute(actor_of("member"), "panel:x", muted=False)
    _tell(system("t"), [world.people["member"]], delivery="digest", key="c")
    assert len(_waiting()) == 2
    with pytest.raises(InvalidInputError):
        service.mute(actor_of("member"), "everything")
    del box


def test_a_line_break_cannot_begin_another_header(world: World, box: PostBox) -> None:
    _tell(system("t"), [world.people["lead"]], text="NMD\r\nBcc: everybody@example.test")
    _leave_queue()
    (mail,) = box.mails
    assert mail["Subject"] == "NMD Bcc: everybody@example.test"
    assert mail["Bcc"] is None

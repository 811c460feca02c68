"""For me: one open task per person and thing; gone only by an act; urgent and late ones first."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from portal import tasks
from portal.access.actor import system
from portal.kernel import clock
from portal.kernel.uow import writes
from portal.testing.world import World


@writes
def _open(
    actor: Any, people: list[str], kind: str = "answer", subject: str = "panel:x", **more: Any
) -> None:
    del actor
    tasks.open_for(
        people, kind, subject, title=more.pop("title", "Answer"), url="/panel/x/", **more
    )


@writes
def _do(actor: Any, work: Callable[[], None]) -> None:
    del actor
    work()


def _titles(actor: Any) -> list[str]:
    return [t.title for t in tasks.list_open(actor)]


def test_a_task_is_opened_once_and_closed_by_kind_or_person(
    world: World, actor_of: Callable[[str], Any]
) -> None:
    me = system("t")
    both = [world.people["lead"], world.people["member"]]
    _open(me, both)
    _open(me, both)
    _open(me, both, "sign", title="Sign")
    assert _titles(actor_of("lead")) == ["Answer", "Sign"]
    _do(me, lambda: tasks.close("panel:x", "answer", person_id=world.people["lead"]))
    assert (_titles(actor_of("lead")), _titles(actor_of("member"))) == (
        ["Sign"],
        ["Answer", "Sign"],
    )
    _do(me, lambda: tasks.close("panel:x"))
    assert tasks.count_open(actor_of("member")) == 0
    _open(me, both)
    assert _titles(actor_of("lead")) == ["Answer"]


def test_urgent_first_then_by_date_then_oldest(
    world: World, actor_of: Callable[[str], Any]
) -> None:
    me, lead = system("t"), [world.people["lead"]]
    today = clock.today()
    _open(me, lead, subject="a:1", title="no date")
    _open(me, lead, subject="a:2", title="later", due_on=today + timedelta(days=20))
    _open(me, lead, subject="a:3", title="soon", due_on=today + timedelta(days=2))
    _open(me, lead, subject="a:4", title="late", due_on=today - timedelta(days=1))
    _open(me, lead, subject="a:5", title="urgent", urgent=True)
    assert _titles(actor_of("lead")) == ["urgent", "late", "soon", "later", "no date"]
    groups = {
        g.key: [t.title for t in g.rows] for g in tasks.grouped(tasks.list_open(actor_of("lead")))
    }
    assert groups == {"now": ["urgent", "late"], "week": ["soon"], "later": ["later", "no date"]}


def test_dates_and_urgency_follow_the_thing(world: World, actor_of: Callable[[str], Any]) -> None:
    me, day = system("t"), clock.today() + timedelta(days=5)
    _open(me, [world.people["lead"]])
    _open(me, [world.people["lead"]], "sign", title="Sign")
    _do(me, lambda: tasks.reschedule("panel:x", day, "answer"))
    _do(me, lambda: tasks.set_urgent("panel:x", urgent=True))
    found = {t.kind: t for t in tasks.list_open(actor_of("lead"))}
    assert (found["answer"].due_on, found["sign"].due_on) == (day, None)
    assert all(t.urgent for t in found.values())

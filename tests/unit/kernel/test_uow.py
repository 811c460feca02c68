"""One call, one commit; consequences after it; a database that goes away is retried in place."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from portal.kernel import db, uow
from portal.kernel.idempotency import IdempotencyKey, once
from portal.kernel.uow import after_commit, writes
from portal.networks.models import Network

ACTOR = "anybody"


@pytest.fixture
def add_network(app: Flask) -> Callable[..., None]:
    del app

    @writes
    def add(actor: Any, code: str, *, then: Callable[[], None] | None = None) -> None:
        del actor
        db.session.add(Network(code=code, short_name=code, title=code))
        db.session.flush()
        if then:
            then()

    return add


def _codes() -> set[str]:
    return set(db.session.scalars(select(Network.code).where(Network.code.like("t-%"))))


def test_a_failing_call_leaves_nothing(add_network: Callable[..., None]) -> None:
    def fail() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        add_network(ACTOR, "t-1", then=fail)
    assert _codes() == set()


def test_a_call_within_a_call_joins_its_commit(add_network: Callable[..., None]) -> None:
    @writes
    def both(actor: Any, *, fail: bool) -> None:
        add_network(actor, "t-1")
        add_network(actor, "t-2")
        if fail:
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        both(ACTOR, fail=True)
    assert _codes() == set()
    both(ACTOR, fail=False)
    assert _codes() == {"t-1", "t-2"}


def test_consequences_come_after_the_commit_and_each_alone(
    add_network: Callable[..., None],
) -> None:
    heard: list[str] = []

    def broken() -> None:
        raise RuntimeError("broken consequence")

    def plan() -> None:
        after_commit(lambda: heard.append(f"in write: {uow.in_write()}"))
        after_commit(broken)
        after_commit(lambda: heard.append("last"))
        heard.append("before")

    add_network(ACTOR, "t-1", then=plan)
    assert heard == ["before", "in write: False", "last"]


def test_a_rolled_back_call_has_no_consequences(add_network: Callable[..., None]) -> None:
    heard: list[str] = []

    def plan() -> None:
        after_commit(lambda: heard.append("told"))
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        add_network(ACTOR, "t-1", then=plan)
    assert heard == []


def test_after_commit_needs_a_write() -> None:
    with pytest.raises(RuntimeError, match="@writes"):
        after_commit(lambda: None)


def test_a_busy_database_is_tried_again(
    add_network: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uow, "WAIT_SECONDS", 0)
    tries: list[int] = []

    def busy_twice() -> None:
        tries.append(1)
        if len(tries) < 3:
            raise OperationalError("UPDATE", {}, Exception("database is locked"))

    add_network(ACTOR, "t-1", then=busy_twice)
    assert (len(tries), _codes()) == (3, {"t-1"})


def test_an_error_of_ours_is_not_tried_again(add_network: Callable[..., None]) -> None:
    tries: list[int] = []

    def wrong() -> None:
        tries.append(1)
        raise OperationalError("SELECT", {}, Exception("no such table: x"))

    with pytest.raises(OperationalError):
        add_network(ACTOR, "t-1", then=wrong)
    assert len(tries) == 1


def test_a_repeated_save_counts_once(add_network: Callable[..., None]) -> None:
    @writes
    def save(actor: str, key: str, code: str) -> dict[str, Any]:
        def work() -> dict[str, Any]:
            add_network(actor, code)
            return {"made": code}

        return once(actor, key, work)

    assert save(ACTOR, "k1", "t-1") == {"made": "t-1"}
    assert save(ACTOR, "k1", "t-2") == {"made": "t-1"}
    assert save("other", "k1", "t-3") == {"made": "t-3"}
    assert _codes() == {"t-1", "t-3"}
    assert db.session.get(IdempotencyKey, (ACTOR, "k1")) is not None

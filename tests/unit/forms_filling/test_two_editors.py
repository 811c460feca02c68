"""Two people type into one form in any order, with stale pages and lost answers: nothing is lost.

The oracle is the promise: every value that was acknowledged stands in the history of its answer, and
every value that was not taken is told to its writer together with the other one.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from portal.forms.errors import AnswersConflictError
from portal.forms.models import FormAnswer, FormAnswerChange
from portal.forms.service import SaveAnswers, Saved, save_answers
from portal.kernel import db
from portal.kernel.ids import new_id

ITEMS = ("case_summary", "request_tried", "request_question")


@dataclass
class Editor:
    """Somebody with a page open: what the page shows, and which versions it has seen."""

    actor: Any
    shown: dict[str, str | None] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)
    unanswered: SaveAnswers | None = None


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["enroller", "assistant"]),
        st.sampled_from(["type", "type", "type", "reload", "lose", "repeat"]),
        st.sampled_from(ITEMS),
        st.sampled_from(["red", "green", "blue", "grey"]),
    ),
    max_size=14,
)


def current(response: str, item: str) -> tuple[str | None, int]:
    row = db.session.execute(
        select(FormAnswer.value, FormAnswer.version).where(
            FormAnswer.response_id == response, FormAnswer.item_id == item
        )
    ).one_or_none()
    return (row[0], row[1]) if row else (None, 0)


def reload(editor: Editor, response: str) -> None:
    for item in ITEMS:
        editor.shown[item], editor.seen[item] = current(response, item)


def send(editor: Editor, response: str, command: SaveAnswers) -> tuple[Saved, bool]:
    try:
        return save_answers(editor.actor, response, command), False
    except AnswersConflictError as error:
        return error.saved, True


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_nothing_is_lost(
    response: str, actor_of: Callable[[str], Any], steps: list[tuple[str, str, str, str]]
) -> None:
    editors = {name: Editor(actor_of(name)) for name in ("enroller", "assistant")}
    for editor in editors.values():
        reload(editor, response)
    for name, act, item, word in steps:
        editor = editors[name]
        if act == "reload":
            reload(editor, response)
            continue
        if act == "repeat" and editor.unanswered is not None:
            command = editor.unanswered
        else:
            changes = {item: f"{word} {new_id()[:4]}" if act == "type" else word}
            command = SaveAnswers(changes, base={item: editor.seen[item]}, key=new_id())
        take_part(editor, response, command, lose=act == "lose")


def take_part(editor: Editor, response: str, command: SaveAnswers, *, lose: bool) -> None:
    """Save, and check the promise; with ``lose`` the writer never hears the answer."""
    ((item, mine),) = command.changes.items()
    before, _ = current(response, item)
    saved, disputed = send(editor, response, command)
    after, version = current(response, item)
    past = db.session.scalars(
        select(FormAnswerChange.after).where(
            FormAnswerChange.response_id == response, FormAnswerChange.item_id == item
        )
    ).all()
    if disputed:
        (conflict,) = saved.conflicts
        assert conflict.mine == mine
        assert conflict.theirs in past
        assert after == before, "what somebody else wrote is not overwritten"
    else:
        assert mine in past or mine == editor.shown[item]
    if lose:
        editor.unanswered = command
        return
    editor.unanswered = None
    editor.seen[item], editor.shown[item] = version, after

"""Saving answers: versions, two editors, rows, repeated requests, hostile input."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.audit.models import AuditEvent
from portal.forms import queries
from portal.forms.errors import AnswersConflictError
from portal.forms.models import FormAnswer, FormAnswerChange, FormResponse
from portal.forms.service import SaveAnswers, Saved, ensure_response, save_answers
from portal.kernel import clock, db
from portal.kernel.errors import ForbiddenError, NotFoundError
from portal.networks.models import Centre
from portal.patients import service as patients
from portal.patients.errors import LockedError
from portal.testing.world import World

Actors = Callable[[str], Any]
Save = Callable[..., Saved]
ORPHA = "https://www.orpha.net"


def value(response: str, item: str, row: str = "") -> Any:
    return db.session.scalar(
        select(FormAnswer.value).where(
            FormAnswer.response_id == response, FormAnswer.item_id == item, FormAnswer.row_id == row
        )
    )


def changes_of(response: str, item: str) -> list[FormAnswerChange]:
    return list(
        db.session.scalars(
            select(FormAnswerChange)
            .where(FormAnswerChange.response_id == response, FormAnswerChange.item_id == item)
            .order_by(FormAnswerChange.version)
        )
    )


def test_a_form_begins_with_what_the_record_knows(response: str) -> None:
    assert value(response, "birth_date") == "1984"
    assert value(response, "sex")["code"] == "248153007"


def test_beginning_again_gives_the_same_form(patient: str, response: str, actor_of: Actors) -> None:
    assert ensure_response(actor_of("assistant"), patient) == response


def test_the_network_decides_which_sections_there_are(response: str, actor_of: Actors) -> None:
    work = queries.working(actor_of("enroller"), response)
    ids = [section.id for section in work.form.sections]
    assert "ern_nmd.neuromuscular" in ids
    assert not any("eye" in one for one in ids)


def test_answers_are_saved_with_versions_history_and_outcome(save: Save, response: str) -> None:
    saved = save(
        {"height": "1.80 m", "weight": {"value": "81", "unit": "kg"}, "dx_status": "suspected"},
        reason="from the letter",
    )

    assert saved.versions == dict.fromkeys(("height", "weight", "dx_status"), saved.version)
    assert saved.evaluation is not None
    assert saved.evaluation.computed["bmi", ""] == "25"
    assert saved.evaluation.is_visible("dx")
    assert value(response, "height") == {"value": "1.80", "unit": "m"}
    (change,) = changes_of(response, "height")
    assert (change.before, change.after, change.reason) == (
        None, {"value": "1.80", "unit": "m"}, "from the letter",
    )  # fmt: skip
    stored = db.session.get_one(FormResponse, response)
    assert (stored.version, stored.completeness) == (
        saved.version, saved.evaluation.completeness.percent,
    )  # fmt: skip


def test_the_same_value_again_changes_nothing(save: Save, response: str) -> None:
    first = save({"case_summary": "Weak since birth."})
    again = save({"case_summary": "Weak since birth."})
    assert again.version == first.version
    assert again.versions == {"case_summary": first.version}
    assert len(changes_of(response, "case_summary")) == 1


def test_hidden_answers_are_kept(save: Save, response: str) -> None:
    save({"dx_status": "confirmed", "dx": {"system": ORPHA, "code": "558", "display": "Marfan"}})
    saved = save({"dx_status": "undiagnosed"})
    assert saved.evaluation is not None
    assert not saved.evaluation.is_visible("dx")
    assert value(response, "dx")["code"] == "558"
    back = save({"dx_status": "confirmed"})
    assert back.evaluation is not None
    assert back.evaluation.is_visible("dx")


def test_taking_an_answer_back_keeps_its_history(save: Save, response: str) -> None:
    save({"case_summary": "first"})
    save({"case_summary": None})
    assert value(response, "case_summary") is None
    assert [c.after for c in changes_of(response, "case_summary")] == ["first", None]


def test_two_people_on_different_answers_do_not_meet(save: Save, response: str) -> None:
    seen = save({"case_summary": "base"}).version
    save({"case_summary": "hers"}, version=seen)
    saved = save({"request_tried": "his"}, "assistant", version=seen)
    assert saved.conflicts == ()
    assert (value(response, "case_summary"), value(response, "request_tried")) == ("hers", "his")


def test_two_people_on_one_answer_both_keep_their_text(save: Save, response: str) -> None:
    seen = save({"case_summary": "base"}).versions
    save({"case_summary": "hers"}, base=seen)

    with pytest.raises(AnswersConflictError) as caught:
        save({"case_summary": "his", "request_tried": "a biopsy"}, "assistant", base=seen)

    (conflict,) = caught.value.conflicts
    assert (conflict.item, conflict.mine, conflict.theirs) == ("case_summary", "his", "hers")
    assert conflict.by == "Sanne de Vries"
    assert conflict.at.tzinfo is not None
    assert value(response, "case_summary") == "hers"
    assert value(response, "request_tried") == "a biopsy", "what was not in conflict is saved"
    after = save({"case_summary": "his"}, "assistant", base={"case_summary": conflict.version})
    assert after.conflicts == ()
    assert [c.after for c in changes_of(response, "case_summary")] == ["base", "hers", "his"]


def test_two_people_who_agree_are_not_disturbed(save: Save) -> None:
    seen = save({"case_summary": "base"}).versions
    save({"case_summary": "same"}, base=seen)
    assert save({"case_summary": "same"}, "assistant", base=seen).conflicts == ()


def test_what_its_writer_did_not_change_does_not_undo_the_other(save: Save, response: str) -> None:
    seen = save({"case_summary": "base", "request_tried": "none"}).versions
    save({"case_summary": "hers"}, base=seen)
    saved = save({"case_summary": "base", "request_tried": "biopsy"}, "assistant", base=seen)
    assert saved.conflicts == ()
    assert (value(response, "case_summary"), value(response, "request_tried")) == ("hers", "biopsy")


def test_an_answer_that_nobody_had_given_can_be_in_conflict(save: Save) -> None:
    save({"case_summary": "hers"})
    with pytest.raises(AnswersConflictError):
        save({"case_summary": "his"}, "assistant", base={"case_summary": 0})


def test_a_repeated_request_counts_once(save: Save, response: str) -> None:
    first = save({"case_summary": "one"}, key="k1")
    save({"case_summary": "two"}, key="k2")
    again = save({"case_summary": "one"}, key="k1")
    assert (again.version, again.versions) == (first.version, first.versions)
    assert value(response, "case_summary") == "two"
    assert len(changes_of(response, "case_summary")) == 2
    other_person = save({"case_summary": "three"}, "assistant", key="k1")
    assert other_person.version > again.version


def test_a_repeated_conflict_is_told_again(save: Save) -> None:
    seen = save({"case_summary": "base"}).versions
    save({"case_summary": "hers"}, base=seen)
    for _ in range(2):
        with pytest.raises(AnswersConflictError) as caught:
            save({"case_summary": "his"}, "assistant", base=seen, key="again")
        assert caught.value.conflicts[0].theirs == "hers"


def test_rows_are_added_filled_reordered_and_removed(save: Save, response: str) -> None:
    save({"variants": ["r1", "r2"], "variants.gene@r1": {"text": "FBN1"}})
    save({"variants.gene@r2": {"text": "DMD"}})
    save({"variants": ["r2", "r1"]})
    assert value(response, "variants") == ["r2", "r1"]

    save({"variants": ["r2"]})

    assert value(response, "variants") == ["r2"]
    assert value(response, "variants.gene", "r1") == {"text": "FBN1"}, "a removed row is kept"
    save({"variants": ["r2", "r1"]})
    assert value(response, "variants.gene", "r1") == {"text": "FBN1"}


def test_two_people_who_add_rows_get_both(save: Save, response: str) -> None:
    seen = save({"variants": ["r1"]}).versions
    save({"variants": ["r1", "hers"]}, base=seen)
    saved = save({"variants": ["his"]}, "assistant", base=seen)
    assert saved.conflicts == ()
    assert value(response, "variants") == ["his", "hers"]


def test_posted_fields_are_read_as_a_page_sends_them(save: Save, response: str) -> None:
    fields = {
        "height": ["1,80"], "height~unit": ["m"], "weight": ["81"], "weight~unit": ["kg"],
        "request_kinds": ["|diagnosis", ""], "onset": ["5.2012"], "onset_kind": ["|date"],
    }  # fmt: skip
    saved = save(fields=fields)
    assert saved.problems == {}
    assert value(response, "height") == {"value": "1.80", "unit": "m"}
    assert [one["code"] for one in value(response, "request_kinds")] == ["diagnosis"]
    assert value(response, "onset") == "2012-05"
    assert "case_summary" not in saved.versions


def test_posted_rows_come_with_their_defaults(save: Save, response: str) -> None:
    save({"dx_status": "confirmed", "dx": {"text": "Something rare"}})
    saved = save(fields={"dx_codes": ["new1", ""]})
    assert value(response, "dx_codes") == ["new1"]
    assert value(response, "dx_codes.relation", "new1")["code"] == "exact"
    assert "dx_codes.relation@new1" in saved.versions
    save(fields={"dx_codes.note@new1": ["a note"]})
    assert value(response, "dx_codes.note", "new1") == "a note"
    assert value(response, "dx_codes.relation", "new1")["code"] == "exact"


def test_an_answer_that_cannot_be_read_is_told_and_the_stored_one_kept(
    save: Save, response: str
) -> None:
    save({"weight": "81 kg"})
    saved = save(fields={"weight": ["eighty"], "weight~unit": ["kg"], "case_summary": ["fine"]})
    assert set(saved.problems) == {"weight"}
    assert saved.typed == {"weight": "eighty"}
    assert value(response, "weight") == {"value": "81", "unit": "kg"}
    assert value(response, "case_summary") == "fine"


@pytest.mark.parametrize(
    "changes",
    [
        {"no_such_question": "x"},
        {"hight": "1.80 m"},
        {"case_summary": {"deeply": {"nested": ["thing"]}}},
        {"case_summary": ["a", "list"]},
        {"case_summary": "x" * 10_000_000},
        {"weight": {"value": "NaN", "unit": "kg"}},
        {"weight": 10**400},
        {"dx_status": {"system": 5, "code": None}},
        {"dx_status": "no-such-option"},
        {"request_kinds": [{"code": "diagnosis"}] * 1000},
        {"variants": "not a list"},
        {"variants": ["../../etc"]},
        {"variants": [1, 2, 3]},
        {"variants": [f"r{i}" for i in range(5000)]},
        {"variants.gene": "no row"},
        {"variants.gene@nowhere": {"text": "x"}},
        {"case_summary@r1": "a row where there are none"},
        {"bmi": "99"},
        {"request": "a section"},
        {"": ""},
        {"@": "x"},
        {"birth_date": "31.02.2020"},
        {"case_summary": "\x00\x01"},
    ],
    ids=lambda c: next(iter(c))[:20],
)
def test_hostile_input_is_refused_by_name_or_kept_harmless(
    save: Save, response: str, changes: dict[str, Any]
) -> None:
    saved = save({**changes, "request_tried": "the honest part"})
    assert value(response, "request_tried") == "the honest part"
    name = next(iter(changes))
    assert saved.problems.get(name[:160]) or saved.versions.get(name)
    assert db.session.scalar(select(func.max(func.length(FormAnswer.item_id)))) <= 64


def test_hostile_fields_are_harmless(save: Save, response: str) -> None:
    fields = {
        "no_such_question": ["x"], "weight~unit": ["parsec"], "weight": ["5"], "onset": ["x" * 100_000],
        "variants~remove": ["nowhere"], "variants.gene@r99": ["x"], "~": ["x"], "request_tried": ["ok"],
        "case_summary": ["y" * 10_000_000], "dx": ["~"], "dx_status": ["|a", "|b"],
    }  # fmt: skip
    saved = save(fields=fields)
    assert value(response, "request_tried") == "ok"
    assert {"no_such_question", "weight", "onset", "case_summary"} <= set(saved.problems)


def test_an_unknown_name_gets_the_nearest_one(save: Save) -> None:
    saved = save({"case_sumary": "x"})
    assert "Did you mean 'case_summary'?" in saved.problems["case_sumary"]


@pytest.mark.parametrize("persona", ["stranger", "lead", "coordinator", "support", "pending"])
def test_strangers_find_nothing(
    response: str, patient: str, actor_of: Actors, persona: str
) -> None:
    actor = actor_of(persona)
    for act in (
        lambda: save_answers(actor, response, SaveAnswers({"case_summary": "x"})),
        lambda: ensure_response(actor, patient),
        lambda: queries.task_list(actor, patient),
        lambda: queries.summary(actor, patient),
        lambda: queries.working(actor, response),
        lambda: queries.history(actor, response, "case_summary"),
    ):
        with pytest.raises(NotFoundError):
            act()


def test_a_reader_may_read_and_not_write(
    response: str, patient: str, actor_of: Actors, world: World, save: Save
) -> None:
    save({"case_summary": "Weak since birth."})
    db.session.get_one(Centre, world.centres["utrecht"]).visibility = "centre"
    db.session.commit()
    colleague = actor_of("colleague")
    assert queries.summary(colleague, patient).sections
    assert not queries.task_list(colleague, patient).may_edit
    with pytest.raises(ForbiddenError):
        save_answers(colleague, response, SaveAnswers({"case_summary": "x"}))


def test_a_locked_record_takes_no_answers(response: str, patient: str, actor_of: Actors) -> None:
    actor = actor_of("enroller")
    patients.withdraw_consent(actor, patient, "care", clock.today(), "moved away")
    with pytest.raises(LockedError):
        save_answers(actor, response, SaveAnswers({"case_summary": "x"}))


def test_a_save_costs_few_statements(
    save: Save, response: str, actor_of: Actors, count_sql: list[str]
) -> None:
    save({"case_summary": "warm"}, key="w")
    actor = actor_of("enroller")
    db.session.expire_all()
    count_sql.clear()
    both = {"case_summary": "changed", "request_tried": "new"}
    save_answers(actor, response, SaveAnswers(both, key="k"))
    assert len(count_sql) <= 8, count_sql


def test_the_audit_record_says_who_was_at_work(save: Save, response: str) -> None:
    save({"case_summary": "one"})
    save({"case_summary": "two"})
    save({"case_summary": "three"}, "assistant")
    with clock.shifted(timedelta(hours=1)):
        save({"case_summary": "four"}, "assistant")
    actions = db.session.scalars(
        select(AuditEvent.action).where(AuditEvent.entity == f"form_response:{response}")
    ).all()
    assert list(actions) == ["form.begun", "form.edited", "form.edited"]


def test_a_new_form_knows_the_country_of_residence(
    response: str, actor_of: Callable[[str], Any]
) -> None:
    work = queries.working(actor_of("enroller"), response)
    found = work.answers["country_residence"]
    assert (found["system"], found["code"]) == ("urn:iso:std:iso:3166", "NL")

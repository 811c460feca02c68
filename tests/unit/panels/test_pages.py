"""The pages, by the front door: what each persona gets, budgets, escaping, the draft's protocol."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from portal.forms import service as forms
from portal.kernel import clock, db
from portal.panels import service as panels
from portal.panels.commands import DraftText
from portal.testing.cases import SECRET_NAME, enrol

ClientAs = Callable[..., FlaskClient]


def _token(client: FlaskClient, url: str) -> str:
    found = re.search(r'name="csrf-token" content="([^"]+)"', client.get(url).text)
    assert found
    return found[1]


def _post(client: FlaskClient, page: str, url: str, **data: str) -> Any:
    return client.post(url, data={"csrf_token": _token(client, page), **data})


@pytest.mark.parametrize(
    ("who", "status", "shown", "hidden"),
    [
        ("enroller", 200, "What is left", "You are asked for your opinion"),
        ("assistant", 200, "What is left", "You are asked for your opinion"),
        ("lead", 200, "Your answer", "You are asked for your opinion"),
        ("member", 200, "Your answer", "Next steps"),
        ("expert", 200, "You are asked for your opinion", "In short"),
        ("coordinator", 200, "Name another lead", "In short"),
        ("dispatcher", 200, "Name another lead", "In short"),
        ("colleague", 404, "There is nothing here", "Becker"),
        ("stranger", 404, "There is nothing here", "Becker"),
        ("researcher", 404, "There is nothing here", "Becker"),
        ("pending", 403, "", "Becker"),
    ],
)
def test_what_each_persona_gets_at_the_panels_address(
    who: str, status: int, shown: str, hidden: str, stage: Any, client_as: ClientAs
) -> None:
    answer = client_as(who).get(stage.url)
    assert answer.status_code == status
    assert shown in answer.text
    assert hidden not in answer.text
    assert SECRET_NAME not in answer.text


def test_nobody_reads_without_logging_in(stage: Any, client_as: ClientAs) -> None:
    answer = client_as().get(stage.url)
    assert answer.status_code == 302
    assert "/login/" in answer.headers["Location"]


def test_the_case_page_costs_at_most_twelve_statements(
    stage: Any, client_as: ClientAs, count_sql: list[str]
) -> None:
    stage.to_assessment()
    panels.answer_invitation(stage.actor("expert"), stage.id, accept=True)
    stage.answered("member", "expert")
    panels.request_information(stage.actor("member"), stage.id, "CK?")
    forms.ensure_response(stage.actor("enroller"), stage.case.patient_id)
    for who in ("enroller", "lead", "member"):
        client = client_as(who)
        client.get(stage.url)  # notes that the case was seen
        db.session.remove()
        count_sql.clear()
        assert client.get(stage.url).status_code == 200
        assert len(count_sql) <= 12, (who, "\n".join(count_sql))


@pytest.mark.parametrize(
    ("who", "path", "most"),
    [
        ("lead", "/for-me/", 8),
        ("coordinator", "/ern/nmd/panels/", 8),
        ("enroller", "/centre/NL-UTR/panels/", 8),
        ("lead", "timeline", 8),
        ("lead", "discussion", 8),
        ("lead", "/ern/nmd/workflow", 8),
        ("member", "/notices/", 8),
        ("member", "/contributions/", 8),
    ],
)
def test_other_pages_keep_the_budget(
    who: str, path: str, most: int, stage: Any, client_as: ClientAs, count_sql: list[str]
) -> None:
    client = client_as(who)
    url = path if path.startswith("/") else stage.url + path
    client.get(url)
    db.session.remove()
    count_sql.clear()
    assert client.get(url).status_code == 200
    assert len(count_sql) <= most, "\n".join(count_sql)


def test_asking_takes_two_answers(stage: Any, client_as: ClientAs) -> None:
    patient = enrol(
        stage.actor("colleague"), stage.world, centre="utrecht", network="nmd", known_duplicate=True
    )
    client = client_as("colleague")
    page = f"/panel/new?patient={patient}"
    empty = _post(client, page, page)
    assert empty.status_code == 422
    assert "Write the question in one or two sentences." in empty.text
    sent = _post(
        client,
        page,
        page,
        question="Rods or not?",
        area_id=stage.world.areas["nmd"],
        guide="coordinator",
        key="k1",
    )
    assert sent.status_code == 303
    again = _post(
        client,
        page,
        page,
        question="Rods or not?",
        area_id=stage.world.areas["nmd"],
        guide="coordinator",
        key="k1",
    )
    assert again.headers["Location"] == sent.headers["Location"]
    kept = _post(
        client,
        page,
        page,
        question="Rods?",
        area_id=stage.world.areas["nmd"],
        guide="named",
        key="k2",
    )
    assert kept.status_code == 422
    assert "Choose the lead" in kept.text
    assert "Rods?" in kept.text


def test_asking_about_a_strangers_patient_shows_nothing(stage: Any, client_as: ClientAs) -> None:
    assert (
        client_as("stranger").get(f"/panel/new?patient={stage.case.patient_id}").status_code == 404
    )


def test_accept_and_decline_by_page(stage: Any, client_as: ClientAs) -> None:
    client = client_as("expert")
    url = stage.url + "invitation"
    wrong = _post(client, stage.url, url, answer="decline")
    assert wrong.status_code == 422
    assert "Say why in a few words" in wrong.text
    accepted = _post(client, stage.url, url, answer="accept")
    assert accepted.status_code == 303
    assert "In short" in client.get(stage.url).text


def test_the_draft_saves_itself_and_shows_both_texts_on_conflict(
    stage: Any, client_as: ClientAs
) -> None:
    client = client_as("member")
    token = {"X-CSRFToken": _token(client, stage.url)}
    url = stage.url + "draft"
    saved = client.post(
        url, json={"changes": {"text": "Left"}, "base": {"text": 0}, "key": "a"}, headers=token
    )
    assert saved.status_code == 200
    assert saved.json is not None
    assert (saved.json["version"], saved.json["versions"]["text"]) == (1, 1)
    conflict = client.post(
        url, json={"changes": {"text": "Right"}, "base": {"text": 0}, "key": "b"}, headers=token
    )
    assert conflict.status_code == 409
    assert conflict.json is not None
    (one,) = conflict.json["conflicts"]
    assert (one["item"], one["mine"], one["theirs"], one["version"]) == ("text", "Right", "Left", 1)
    other = client.post(
        url,
        json={"changes": {"effort_minutes": "20"}, "base": {"effort_minutes": 1}, "key": "c"},
        headers=token,
    )
    assert other.status_code == 200
    page = client.get(stage.url).text
    assert "Left</textarea>" in page
    assert 'value="20"' in page
    for bad in (
        {"changes": {"texxt": "x"}, "base": {}},
        {"changes": {"text": "x"}, "base": {"text": "one"}},
        {"changes": {"effort_minutes": "lots"}, "base": {"effort_minutes": 2}},
        [],
    ):
        assert client.post(url, json=bad, headers=token).status_code == 422
    assert client.post(url, json={"changes": {"text": "x"}, "base": {}}).status_code == 400


def test_an_answer_is_sent_and_agreed_with_by_page(stage: Any, client_as: ClientAs) -> None:
    empty = _post(client_as("member"), stage.url, stage.url + "answer", text=" ", effort_minutes="")
    assert empty.status_code == 422
    assert "Write your answer first." in empty.text
    wrong = _post(
        client_as("member"),
        stage.url,
        stage.url + "answer",
        text="Kept text",
        effort_minutes="an hour",
    )
    assert wrong.status_code == 422
    assert "Kept text" in wrong.text
    sent = _post(
        client_as("member"),
        stage.url,
        stage.url + "answer",
        text="It is Becker.",
        effort_minutes="20",
    )
    anchor = sent.headers["Location"].partition("#answer-")[2]
    lead = client_as("lead")
    assert _post(lead, stage.url, f"{stage.url}agree/{anchor}", on="yes").status_code == 303
    assert "You agree (1)" in lead.get(stage.url).text


def test_text_of_people_is_escaped_everywhere(stage: Any, client_as: ClientAs) -> None:
    evil = "<script>alert(1)</script>"
    panels.send_contribution(stage.actor("member"), stage.id, DraftText(evil, evil))
    panels.comment(stage.actor("lead"), stage.id, evil)
    panels.request_information(stage.actor("lead"), stage.id, evil)
    panels.invite(stage.actor("lead"), stage.id, [stage.person("colleague")], evil)
    panels.move(stage.actor("lead"), stage.id, "complete_data")
    panels.move(stage.actor("lead"), stage.id, "begin_assessment")
    panels.move(stage.actor("lead"), stage.id, "need_information", evil)
    pages = [
        ("lead", stage.url),
        ("lead", stage.url + "discussion"),
        ("lead", stage.url + "timeline"),
        ("colleague", stage.url),
    ]
    for who, url in pages:
        text = client_as(who).get(url).text
        assert evil not in text, url
        assert "&lt;script&gt;" in text, url


def test_steps_are_offered_explained_and_taken(stage: Any, client_as: ClientAs) -> None:
    panels.request_information(stage.actor("lead"), stage.id, "CK?", obligatory=True)
    lead = client_as("lead")
    done = _post(
        lead, stage.url, stage.url + "step", transition="complete_data", phase="panel_selection"
    )
    assert done.status_code == 303
    page = lead.get(stage.url).text
    assert "Opens when the obligatory question for information is answered" in page
    refused = _post(
        lead, stage.url, stage.url + "step", transition="begin_assessment", phase="data_completion"
    )
    assert refused.status_code == 422
    stale = _post(
        lead, stage.url, stage.url + "step", transition="complete_data", phase="panel_selection"
    )
    assert stale.status_code == 409
    no_reason = _post(
        client_as("enroller"),
        stage.url,
        stage.url + "step",
        transition="cancel",
        phase="data_completion",
    )
    assert no_reason.status_code == 422
    assert "needs a reason" in no_reason.text
    foreign = _post(
        client_as("member"),
        stage.url,
        stage.url + "step",
        transition="begin_assessment",
        phase="data_completion",
    )
    assert foreign.status_code == 403
    assert "This step is for the lead" in foreign.text


def test_an_expert_is_asked_in_two_acts(stage: Any, client_as: ClientAs) -> None:
    lead = client_as("lead")
    part = lead.get(stage.url + "experts?q=bakker")
    assert part.status_code == 200
    assert "<html" not in part.text
    assert "Pieter Bakker" in part.text
    json = lead.get(stage.url + "experts?q=bakker", headers={"Accept": "application/json"}).json
    assert json is not None
    assert json[0]["name"] == "Pieter Bakker"
    asked = _post(lead, stage.url, stage.url + "invite", person_ids=stage.person("colleague"))
    assert asked.status_code == 303
    assert "Pieter Bakker" in lead.get(stage.url).text
    nobody = _post(lead, stage.url, stage.url + "invite")
    assert nobody.status_code == 422
    assert "Choose at least one expert." in nobody.text
    assert client_as("member").get(stage.url + "experts?q=x").status_code == 403


def test_forward_by_page(stage: Any, client_as: ClientAs) -> None:
    answer = _post(
        client_as("coordinator"), stage.url, stage.url + "lead", lead_id=stage.person("colleague")
    )
    assert answer.status_code == 303
    assert stage.panel.lead_id == stage.person("colleague")
    wrong = _post(
        client_as("coordinator"), stage.url, stage.url + "lead", lead_id=stage.person("guest")
    )
    assert wrong.status_code == 422
    assert "Choose an expert of this network" in wrong.text


@pytest.mark.parametrize(
    ("path", "who", "others"),
    [
        ("question", "enroller", "lead"),
        ("urgent", "enroller", "lead"),
        ("deadline", "lead", "enroller"),
        ("people", "lead", "member"),
    ],
)
def test_pages_of_a_few_are_closed_to_the_others(
    path: str, who: str, others: str, stage: Any, client_as: ClientAs
) -> None:
    assert client_as(who).get(stage.url + path).status_code == 200
    assert client_as(others).get(stage.url + path).status_code == 403
    assert client_as("stranger").get(stage.url + path).status_code == 404


def test_changing_question_date_and_urgency_by_page(stage: Any, client_as: ClientAs) -> None:
    url = stage.url + "question"
    changed = _post(
        client_as("enroller"),
        url,
        url,
        question="Becker, after all?",
        area_id=stage.world.areas["nmd"],
    )
    assert changed.status_code == 303
    assert stage.panel.question == "Becker, after all?"
    assert _post(client_as("enroller"), url, url, question="").status_code == 422
    url = stage.url + "deadline"
    day = clock.today() + timedelta(days=9)
    assert _post(client_as("lead"), url, url, due_on=day.isoformat()).status_code == 303
    assert stage.panel.due_on == day
    assert _post(client_as("lead"), url, url, due_on="2020-01-01").status_code == 422
    url = stage.url + "urgent"
    assert _post(client_as("enroller"), url, url, reason="Breathing").status_code == 303
    assert stage.panel.urgent
    assert _post(client_as("enroller"), url, url, urgent="no").status_code == 303
    assert not stage.panel.urgent


def test_information_and_comments_by_page(stage: Any, client_as: ClientAs) -> None:
    url = stage.url + "information"
    assert (
        _post(
            client_as("member"), stage.url, url, text="CK?", obligatory="yes", due_on=""
        ).status_code
        == 303
    )
    page = client_as("enroller").get(stage.url).text
    request_id = re.search(r'name="request_id" value="([^"]+)"', page)
    assert request_id
    empty = _post(client_as("enroller"), stage.url, url, request_id=request_id[1], answer="")
    assert empty.status_code == 422
    assert "Write something first." in empty.text
    assert (
        _post(
            client_as("enroller"), stage.url, url, request_id=request_id[1], answer="8 420"
        ).status_code
        == 303
    )
    assert (
        _post(client_as("member"), stage.url, url, text="MRI?", due_on="31.12.2026").status_code
        == 422
    )
    talk = stage.url + "discussion"
    assert _post(client_as("member"), talk, talk, text="Hello", key="1").status_code == 303
    assert "Hello" in client_as("lead").get(talk).text


def test_people_are_taken_off_by_page(stage: Any, client_as: ClientAs) -> None:
    url = stage.url + "people"
    wrong = _post(client_as("lead"), url, url, person_id=stage.person("member"), reason="")
    assert wrong.status_code == 422
    assert "Say why in a sentence." in wrong.text
    assert (
        _post(
            client_as("lead"),
            url,
            url,
            person_id=stage.person("member"),
            reason="Conflict of interest",
        ).status_code
        == 303
    )
    assert client_as("member").get(stage.url).status_code == 404


def test_for_me_groups_by_date_and_leads_to_the_act(stage: Any, client_as: ClientAs) -> None:
    page = client_as("expert").get("/for-me/").text
    assert "Accept or decline: Weakness of the legs" in page
    assert f'href="{stage.url}"' in page
    assert "This week (1)" in page
    assert "Nothing waits for you" in client_as("colleague").get("/for-me/").text
    assert "Nothing waits for you" in client_as("pending").get("/for-me/").text
    assert client_as().get("/for-me/").status_code == 302


def test_lists_and_cards_show_panels_to_their_people(stage: Any, client_as: ClientAs) -> None:
    for who, url in (
        ("coordinator", "/ern/nmd/panels/"),
        ("lead", "/ern/nmd/panels/?show=led"),
        ("enroller", "/centre/NL-UTR/panels/"),
        ("coordinator", "/ern/nmd/"),
        ("enroller", "/centre/NL-UTR/"),
        ("enroller", f"/patient/{stage.case.patient_id}/"),
    ):
        answer = client_as(who).get(url)
        assert answer.status_code == 200, url
        assert "Weakness of the legs" in answer.text, (who, url)
    for who, url in (("colleague", "/ern/nmd/panels/"), ("colleague", "/centre/NL-UTR/panels/")):
        assert "Weakness of the legs" not in client_as(who).get(url).text
    assert client_as("stranger").get("/ern/nmd/panels/").status_code == 404


def test_the_certificate_is_a_pdf_of_numbers(stage: Any, client_as: ClientAs) -> None:
    panels.send_contribution(
        stage.actor("member"), stage.id, DraftText("Secret opinion", effort_minutes=30)
    )
    assert stage.panel.number in client_as("member").get("/contributions/").text
    answer = client_as("member").get("/contributions/certificate")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.data.startswith(b"%PDF-")

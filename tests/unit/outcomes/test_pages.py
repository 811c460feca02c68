"""The outcome's page: the lead writes, signers sign, others read; autosave's protocol."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from portal.kernel import clock, db
from portal.outcomes import service as outcomes

ClientAs = Callable[..., FlaskClient]


def _token(client: FlaskClient, url: str) -> str:
    found = re.search(r'name="csrf-token" content="([^"]+)"', client.get(url).text)
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("who", "status", "shown"),
    [
        ("lead", 200, "Agreed findings"),
        ("member", 200, "No outcome yet"),
        ("enroller", 200, "No outcome yet"),
        ("assistant", 200, "No outcome yet"),
        ("coordinator", 403, "Only the lead writes the outcome"),
        ("stranger", 404, "There is nothing here"),
        ("colleague", 404, "There is nothing here"),
    ],
)
def test_what_each_persona_gets(
    who: str, status: int, shown: str, stage: Any, client_as: ClientAs
) -> None:
    answer = client_as(who).get(stage.url)
    assert answer.status_code == status
    assert shown in answer.text


def test_the_draft_saves_itself_part_by_part(stage: Any, client_as: ClientAs) -> None:
    client = client_as("lead")
    token = {"X-CSRFToken": _token(client, stage.url)}
    url = stage.url + "draft"
    first = client.post(
        url,
        json={
            "changes": {"agreement": "full", "follow_up_on": "2027-01-31"},
            "base": {"agreement": 0},
            "key": "a",
        },
        headers=token,
    )
    assert first.status_code == 200
    coded = '[{"system": "https://www.orpha.net", "code": "98895", "display": "Becker muscular dystrophy"}]'
    second = client.post(
        url,
        json={
            "changes": {"diagnosis": coded, "rec_surgery": "None"},
            "base": {"diagnosis": 1},
            "key": "b",
        },
        headers=token,
    )
    assert second.status_code == 200
    stale = client.post(
        url,
        json={"changes": {"agreement": "split"}, "base": {"agreement": 1}, "key": "c"},
        headers=token,
    )
    assert stale.status_code == 409
    assert stale.json is not None
    assert [(c["item"], c["mine"], c["theirs"]) for c in stale.json["conflicts"]] == [
        ("agreement", "split", "full")
    ]
    page = client.get(stage.url).text
    assert "98895" in page
    assert 'value="2027-01-31"' in page
    for changes in (
        {"follow_up_on": "31/01/2027"},
        {"diagnosis": "[1]"},
        {"nothing": "x"},
        {"agreement": "maybe"},
    ):
        assert (
            client.post(
                url, json={"changes": changes, "base": {"x": 2}, "key": ""}, headers=token
            ).status_code
            == 422
        )
    foreign = client_as("member")
    refused = foreign.post(
        url,
        json={"changes": {"findings": "x"}, "base": {}},
        headers={"X-CSRFToken": _token(foreign, stage.url)},
    )
    assert refused.status_code == 403


def test_the_form_works_without_scripts(stage: Any, client_as: ClientAs) -> None:
    client = client_as("lead")
    data = {
        "csrf_token": _token(client, stage.url),
        "version": "0",
        "findings": "Becker",
        "agreement": "majority",
        "rec_treatment": "Steroids",
        "follow_up_on": "",
    }
    assert client.post(stage.url + "save", data=data).status_code == 303
    page = client.get(stage.url).text
    assert "the other view" in page
    bad = client.post(stage.url + "save", data={**data, "version": "1", "follow_up_on": "soon"})
    assert bad.status_code == 422
    assert "Write the date as year-month-day." in bad.text


def test_signing_and_objecting_by_page(stage: Any, client_as: ClientAs) -> None:
    hash_ = stage.put_up()
    member = client_as("member")
    page = member.get(stage.url).text
    assert hash_ in page
    assert "Находката е типична" in page
    data = {"csrf_token": _token(member, stage.url), "hash": hash_}
    empty = member.post(stage.url + "sign", data={**data, "decision": "object", "remark": ""})
    assert empty.status_code == 422
    assert "Say what should be different." in empty.text
    stale = member.post(stage.url + "sign", data={**data, "hash": "0" * 64, "decision": "sign"})
    assert stale.status_code == 409
    assert member.post(stage.url + "sign", data={**data, "decision": "sign"}).status_code == 303
    assert "You have signed this version." in member.get(stage.url).text
    enroller = client_as("enroller")
    data = {
        "csrf_token": _token(enroller, stage.url),
        "hash": hash_,
        "decision": "object",
        "remark": "Name the exon.",
    }
    assert enroller.post(stage.url + "sign", data=data).status_code == 303
    assert stage.panel.phase == "outcome"


def test_signing_needs_a_login_of_a_moment_ago(stage: Any, client_as: ClientAs) -> None:
    hash_ = stage.put_up()
    member = client_as("member")
    data = {"csrf_token": _token(member, stage.url), "hash": hash_, "decision": "sign"}
    with clock.shifted(timedelta(minutes=11)):
        refused = member.post(stage.url + "sign", data=data)
    assert refused.status_code == 403
    assert "Please log in again to go on" in refused.text
    assert "You have signed this version." not in member.get(stage.url).text


def test_text_is_escaped_and_the_budget_kept(
    stage: Any, client_as: ClientAs, count_sql: list[str]
) -> None:
    evil = "</textarea><script>alert(1)</script>"
    outcomes.save_draft(stage.actor("lead"), stage.id, {"findings": evil, "agreement": "full"}, 0)
    assert evil not in client_as("lead").get(stage.url).text
    stage.put_up()
    for who in ("lead", "enroller", "member"):
        client = client_as(who)
        client.get(stage.url)
        db.session.remove()
        count_sql.clear()
        assert client.get(stage.url).status_code == 200
        assert len(count_sql) <= 12, (who, "\n".join(count_sql))

"""The demo's data keep their promises: nothing points to nowhere, no two things share a name."""

from portal.access.actor import PROFILES
from portal.demo import demo_accounts
from portal.demo.cases import BY_KEY, CASES
from portal.demo.centres import BY_CODE, CENTRES
from portal.demo.papers import content
from portal.demo.people import BY_SUB, EVERYBODY, PEOPLE
from portal.demo.scripts import SCRIPTS
from portal.patients import nicknames, terms

UNION = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE"


def test_there_is_a_hospital_in_every_country_of_the_union():
    assert {centre.country for centre in CENTRES} == set(UNION.split())
    assert len(BY_CODE) == len(CENTRES) >= 40


def test_people_work_where_their_networks_are():
    assert len(BY_SUB) == len(EVERYBODY) >= 60
    for person in PEOPLE:
        if person.centre:
            assert set(person.networks) <= set(BY_CODE[person.centre].networks), person.sub
        for area in person.areas:
            assert area.split(":")[0] in person.networks, person.sub


def test_an_account_for_each_profile_and_one_without_any():
    accounts = demo_accounts()
    assert len({a.sub for a in accounts}) == len(accounts)
    tried = [BY_SUB[a.sub].profile for a in accounts if a.role and BY_SUB[a.sub].networks] + [
        BY_SUB[a.sub].profile for a in accounts if a.role
    ]
    assert set(PROFILES) <= set(tried)
    assert all(a.what for a in accounts if a.role)
    assert accounts[0].role
    nadia = BY_SUB["nadia"]
    assert (nadia.networks, nadia.centre) == ((), "")


def test_names_are_written_in_greek_and_bulgarian_letters():
    written = "".join(p.given + p.family for p in PEOPLE)
    assert any("α" <= letter <= "ω" for letter in written)
    assert any("а" <= letter <= "я" for letter in written)


def test_thirty_patients_with_nicknames_that_betray_nobody():
    assert len(BY_KEY) == len(CASES) == 30
    assert len({case.nickname for case in CASES}) == 30
    for case in CASES:
        assert case.network in BY_SUB[case.by].networks
        assert case.sex in terms.SEXES
        first, second, number = case.nickname.split()
        assert first in nicknames.FIRST, case.nickname
        assert second in nicknames.SECOND, case.nickname
        assert number.isdigit()
        assert case.family not in " ".join([case.title, case.question, case.summary])


def test_documents_are_made_the_same_each_time():
    papers = [(case, paper) for case in CASES for paper in case.papers]
    assert len(papers) >= 25
    for case, paper in papers:
        first = content(case, paper)
        assert first == content(case, paper)
        kind = paper.name.rpartition(".")[2]
        assert first.startswith(
            {"pdf": b"%PDF-", "png": b"\x89PNG"}.get(kind, paper.title.encode())
        )


def test_scripts_name_people_and_patients_that_exist_and_go_forward_in_time():
    assert len({script.key for script in SCRIPTS}) == len(SCRIPTS)
    for script in SCRIPTS:
        assert not script.case or script.case in BY_KEY
        assert script.lines[0].act == "ask"
        for line in script.lines:
            assert {line.who, *line.people} <= set(BY_SUB), (script.key, line)
            assert line.days <= script.lines[0].days
            if script.case:
                assert line.days <= BY_KEY[script.case].enrolled_days, script.key

"""The pages, as a browser sees them."""

import io
import logging

import pypdf
import pytest

from portal.kernel import clock, db
from portal.networks.models import Centre


def test_enrolment_by_the_form_and_back_to_the_patient(client_as, post, enrol_form):
    browser = client_as("enroller")
    answer = post(browser, "/centre/NL-UTR/enrol", enrol_form())
    assert answer.status_code == 303
    page = browser.get(answer.headers["Location"])
    assert page.status_code == 200
    assert "Rossi" not in page.text
    assert "Show identity" in page.text


def test_what_was_typed_is_kept_when_consent_is_missing(client_as, post, enrol_form):
    answer = post(client_as("enroller"), "/centre/NL-UTR/enrol", enrol_form(care="no"))
    assert answer.status_code == 422
    assert 'value="Rossi"' in answer.text
    assert 'value="1984"' in answer.text
    assert '<a href="#care">' in answer.text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"birth_date-day": "31", "birth_date-month": "2"}, "no such day"),
        ({"birth_date-year": "84"}, "four digits"),
        ({"birth_date-month": ""}, "Enter the month as well"),
        ({"birth_date-day": "x"}, "digits only"),
        ({"sex": ""}, "Choose the patient&#39;s sex"),
        ({"family_name": ""}, "Enter the family name"),
        ({"signer": ""}, "Choose who signed"),
    ],
)
def test_mistakes_are_said_in_words_with_a_link_to_the_field(client_as, post, enrol_form, changes, words):  # fmt: skip
    answer = post(client_as("enroller"), "/centre/NL-UTR/enrol", enrol_form(**changes))
    assert answer.status_code == 422
    assert words in answer.text
    assert 'class="error-summary"' in answer.text


def test_a_duplicate_is_shown_and_can_be_enrolled_all_the_same(client_as, post, enrol_form):
    browser = client_as("enroller")
    first = post(browser, "/centre/NL-UTR/enrol", enrol_form()).headers["Location"]
    again = post(browser, "/centre/NL-UTR/enrol", enrol_form(key="other"))
    assert again.status_code == 422
    assert first in again.text
    assert "known_duplicate" in again.text
    final = post(browser, "/centre/NL-UTR/enrol", enrol_form(key="other", known_duplicate="y"))
    assert final.status_code == 303
    assert final.headers["Location"] != first


def test_the_identity_is_shown_on_request_only_and_never_by_an_address(client_as, post, patient_id):
    browser = client_as("enroller")
    shown = post(browser, f"/patient/{patient_id}/identity", {})
    assert "Rossi-Bianchi" in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    assert browser.get(f"/patient/{patient_id}/identity").status_code == 405
    found = post(browser, "/centre/NL-UTR/patients/find", {"text": "Rossi Bianchi Maria"})
    assert f"/patient/{patient_id}/" in found.text


def test_withdrawal_asks_for_a_day_and_locks(client_as, post, patient_id):
    browser = client_as("enroller")
    url = f"/patient/{patient_id}/consents/care/withdraw"
    assert "What follows at once" in browser.get(url).text
    assert post(browser, url, {"reason": ""}, url).status_code == 422
    today = clock.today()
    day = {"on-day": str(today.day), "on-month": str(today.month), "on-year": str(today.year)}
    assert post(browser, url, {**day, "reason": "moved"}, url).status_code == 303
    assert "This record is locked" in browser.get(f"/patient/{patient_id}/").text
    assert browser.get(f"/patient/{patient_id}/consents/fame/withdraw").status_code == 404


def test_pages_of_a_patient_are_not_there_for_others(client_as, patient_id):
    pages = ("", "nickname", "identity/correct", "hand-over", "consents/care/withdraw")
    for persona in ("colleague", "stranger", "coordinator", "guest"):
        browser = client_as(persona)
        for page in pages:
            assert browser.get(f"/patient/{patient_id}/{page}").status_code == 404, (persona, page)
    assert client_as("").get(f"/patient/{patient_id}/").status_code == 302


def test_a_centre_is_not_there_for_strangers(client_as):
    pages = ("", "patients/", "enrol", "consents", "audit", "consent-forms.pdf")
    for page in pages:
        assert client_as("stranger").get(f"/centre/NL-UTR/{page}").status_code == 404


def test_a_look_of_a_colleague_is_listed_for_the_enroller(client_as, patient_id, world):
    db.session.get(Centre, world.centres["utrecht"]).visibility = "centre"
    db.session.commit()
    assert client_as("colleague").get(f"/patient/{patient_id}/").status_code == 200
    listed = client_as("enroller").get("/centre/NL-UTR/audit")
    assert "Pieter Bakker" in listed.text
    assert "looked at the record" in listed.text


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "it", "nl", "el", "bg", "pl", "pt"])
def test_consent_forms_come_as_pdf_in_the_language(client_as, language, caplog):
    with caplog.at_level(logging.WARNING, "portal.kernel.pdf"):
        answer = client_as("enroller").get(
            f"/centre/NL-UTR/consent-forms.pdf?language={language}&network=nmd"
        )
    assert answer.mimetype == "application/pdf"
    assert "attachment" in answer.headers["Content-Disposition"]
    document = pypdf.PdfReader(io.BytesIO(answer.data))
    written = "\n".join(page.extract_text() for page in document.pages)
    assert len(document.pages) == 3
    assert "Domplein University Hospital" in written
    assert "EURO-NMD" in written
    assert {"el": "Συγκατάθεση", "bg": "Съгласие"}.get(language, "EURO-NMD") in written
    assert caplog.records == []


def test_one_purpose_only_and_unknown_languages(client_as):
    browser = client_as("enroller")
    answer = browser.get("/centre/NL-UTR/consent-forms.pdf?language=en&purpose=research")
    assert len(pypdf.PdfReader(io.BytesIO(answer.data)).pages) == 1
    refused = browser.get("/centre/NL-UTR/consent-forms.pdf?language=xx")
    assert refused.status_code == 422


def test_lists_stay_within_their_budget_of_statements(client_as, patient_id, count_sql):
    browser = client_as("enroller")
    for url in ("/centre/NL-UTR/patients/", "/centre/NL-UTR/consents", "/centre/NL-UTR/audit"):
        browser.get(url)
        count_sql.clear()
        assert browser.get(url).status_code == 200
        assert len(count_sql) <= 8, (url, list(count_sql))

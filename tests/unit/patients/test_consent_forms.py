"""Which text a consent form has: the centre's, else the network's, else the built-in one."""

import pytest

from portal.extend import hookimpl, manager
from portal.extend.specs import ConsentTemplateSpec
from portal.kernel.errors import InvalidInputError
from portal.patients import consent_forms, terms
from portal.patients.places import CentrePlace, NetworkPlace

NMD = NetworkPlace("1", "nmd", "EURO-NMD", "European Reference Network on neuromuscular diseases")


def centre(own: str = "") -> CentrePlace:
    return CentrePlace("1", "NL-UTR", "Domplein", "Utrecht", "NL", "enroller", None, "Dr Privacy", own, (NMD,))  # fmt: skip


@pytest.fixture
def network_text():
    class Plugin:
        @hookimpl
        def register_consent_templates(self):
            return [
                ConsentTemplateSpec(
                    "nmd", "care", "fi", "3", "Kysymme asiantuntijoilta.\n\nKiitos."
                )
            ]

    manager.register(Plugin(), name="test.consent")
    yield
    manager.pm.unregister(name="test.consent")


def test_every_built_in_text_is_complete():
    shape = None
    for path in sorted(consent_forms.TEXTS.glob("*.yaml")):
        text = consent_forms._builtin(path.stem)
        assert path.stem in terms.LANGUAGES
        found = (sorted(text), sorted(text["labels"]), len(text["rights"]))
        shape = shape or found
        assert found == shape, path.name
        for purpose in terms.Purpose:
            form = consent_forms.form(centre(), NMD, path.stem, purpose)
            assert form.key == f"built-in:{purpose}:{path.stem}:1"
            assert len(form.paragraphs) >= 5
            assert "{" not in " ".join([form.intro, *form.paragraphs, form.statement])


def test_the_network_s_text_comes_before_the_built_in_one(network_text):
    form = consent_forms.form(centre(), NMD, "fi", "care")
    assert form.source == "network-nmd"
    assert form.paragraphs == ("Kysymme asiantuntijoilta.", "Kiitos.")
    assert consent_forms.form(centre(), None, "en", "care").source == "built-in"
    assert "fi" in consent_forms.languages(centre(), NMD)
    assert "fi" not in consent_forms.languages(centre(), None)


def test_the_centre_s_own_text_comes_first(network_text):
    own = "# care fi\nOma teksti.\n\n# research en\nOur own words."
    assert consent_forms.form(centre(own), NMD, "fi", "care").paragraphs == ("Oma teksti.",)
    assert consent_forms.form(centre(own), NMD, "en", "research").source == "centre-NL-UTR"
    assert consent_forms.form(centre(own), NMD, "en", "care").source == "built-in"
    whole = consent_forms.form(centre("One text for all."), NMD, "de", "registries")
    assert whole.paragraphs == ("One text for all.",)


def test_each_edit_of_a_centre_s_text_is_a_version_that_the_consent_names():
    def key(text: str) -> str:
        return consent_forms.form(centre(f"# care en\n{text}"), NMD, "en", "care").key

    first = key("We ask experts.")
    assert first.startswith("centre-NL-UTR:care:en:")
    assert key("We ask  experts.\n") == first  # spaces are no edit
    assert key("We ask experts abroad.") != first


def test_text_of_people_is_escaped():
    forms = consent_forms.forms(centre("<script>alert(1)</script>"), NMD, "en", "care")
    html = consent_forms.as_html(centre(), NMD, "en", forms)
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_an_unknown_language_is_refused_with_those_that_exist():
    with pytest.raises(InvalidInputError) as error:
        consent_forms.forms(centre(), NMD, "la")
    assert "en" in error.value.fields["language"]

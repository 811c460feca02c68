"""The tree on the pages: for those who see the patient, and for nobody else."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import etree, html

from portal.forms.service import SaveAnswers, ensure_response, save_answers
from portal.testing.cases import enrol
from portal.testing.world import World

ClientAs = Callable[..., FlaskClient]
Actors = Callable[[str], Any]


@pytest.fixture
def patient(world: World, actor_of: Actors) -> str:
    """A patient whose form has no relatives yet."""
    return enrol(actor_of("enroller"), world, centre="utrecht", network="nmd")


@pytest.fixture
def with_family(patient: str, actor_of: Actors) -> str:
    """The same with a mother, the patient and somebody whose mother is missing."""
    response = ensure_response(actor_of("enroller"), patient)
    changes = {
        "relatives": ["r1", "r2", "r3"],
        "relatives.number@r1": "1",
        "relatives.relation@r1": {"system": "", "code": "self"},
        "relatives.affected@r1": {"system": "", "code": "affected"},
        "relatives.number@r2": "2",
        "relatives.relation@r2": {"system": "http://snomed.info/sct", "code": "65656005"},
        "relatives.number@r3": "3",
        "relatives.relation@r3": {"text": "foster <brother>"},
        "relatives.mother@r3": "77",
    }
    saved = save_answers(actor_of("enroller"), response, SaveAnswers(changes))
    assert saved.problems == {}
    return patient


def test_section_and_reading_page_show_the_tree_and_its_list(
    with_family: str, client_as: ClientAs
) -> None:
    client = client_as("enroller")
    for address in ("family/", "read"):
        text = client.get(f"/patient/{with_family}/form/{address}").text
        page = html.fromstring(text)
        (image,) = page.xpath("//img[@class='pedigree-drawing']")
        assert image.get("src") == f"/patient/{with_family}/form/pedigree.svg"
        assert image.get("alt")
        items = page.xpath("//*[@id='pedigree']/ancestor-or-self::section[1]//li/text()")
        assert "The mother of number 3 is number 77, whom the table does not have." in items
        assert any(one.startswith("3: foster <brother>") for one in items)
        assert "foster &lt;brother&gt;" in text
    other = client.get(f"/patient/{with_family}/form/diagnosis/").text
    assert "pedigree.svg" not in other


def test_the_files(with_family: str, client_as: ClientAs) -> None:
    client = client_as("enroller")
    drawing = client.get(f"/patient/{with_family}/form/pedigree.svg")
    assert drawing.content_type == "image/svg+xml"
    assert "no-store" in drawing.headers["Cache-Control"]
    assert len(etree.fromstring(drawing.data).xpath("//@class[. = 'pedigree-person']")) == 3
    ped = client.get(f"/patient/{with_family}/form/pedigree.ped")
    assert "family\t1\t0\t2\t0\t2\n" in ped.text
    bundle = client.get(f"/patient/{with_family}/form/pedigree.json").get_json(force=True)
    assert [one["resource"]["id"] for one in bundle["entry"]] == ["relative-2", "relative-3"]


@pytest.mark.parametrize("name", ["pedigree.svg", "pedigree.ped", "pedigree.json"])
def test_strangers_find_nothing(with_family: str, client_as: ClientAs, name: str) -> None:
    address = f"/patient/{with_family}/form/{name}"
    assert client_as("stranger").get(address).status_code in {403, 404}
    assert client_as("").get(address).status_code in {302, 303, 401}


def test_without_relatives_there_is_no_tree(patient: str, client_as: ClientAs) -> None:
    client = client_as("enroller")
    assert "pedigree.svg" not in client.get(f"/patient/{patient}/form/family/").text
    assert client.get(f"/patient/{patient}/form/pedigree.svg").status_code == 404

"""The family tree: reading, what cannot be, places, drawing, exchange."""

import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from portal.forms.cli import forms
from portal.forms.pedigree.fhir import family_history
from portal.forms.pedigree.layout import arrange
from portal.forms.pedigree.model import Pedigree, checked, pedigree_of
from portal.forms.pedigree.ped import from_ped, to_ped
from portal.forms.pedigree.person import Person
from portal.forms.pedigree.svg import draw
from portal.forms.pedigree.text import sentences
from portal.kernel.errors import DefinitionError

SCT = "http://snomed.info/sct"


def row(number: str, relation: str, **more: Any) -> dict[str, Any]:
    """A row as the form stores it; relations that are numbers are SNOMED CT's."""
    system = SCT if relation.isdigit() else ""
    found: dict[str, Any] = {
        "row": f"r{number}",
        "relatives.number": number,
        "relatives.relation": {"system": system, "code": relation, "display": relation.title()},
    }
    for name, value in more.items():
        coded = {"sex", "affected", "deceased"}
        found[f"relatives.{name}"] = {"system": SCT, "code": value} if name in coded else value
    return found


COUSINS = {
    "consanguinity": {"system": SCT, "code": "373066001"},
    "relatives": [
        row("1", "self", sex="248152002", affected="affected", age=7),
        row("2", "65656005", age=34, affected="carrier"),
        row("3", "9947008", deceased="373066001", age=40),
        row("4", "60614009", affected="possibly"),
        row("5", "maternal_grandmother"),
        row("6", "maternal_grandfather"),
        row("7", "maternal_uncle", condition={"text": "gait <b> & so on"}, onset_age=3),
        row("8", "cousin", father="7"),
    ],
}


def family() -> Pedigree:
    found = pedigree_of(COUSINS)
    assert found is not None
    return found


def test_parents_follow_from_the_relation_and_from_numbers() -> None:
    people = family().by_number
    assert (people["1"].father, people["1"].mother) == ("3", "2")
    assert people["4"].parents == ("3", "2")
    assert people["2"].parents == people["7"].parents == ("6", "5")
    assert people["8"].parents == ("7",)
    assert [people[n].sex for n in ("2", "3", "4", "8")] == ["female", "male", "male", "unknown"]
    assert family().problems == ()
    assert pedigree_of({}) is None
    assert pedigree_of({"relatives": []}) is None


def test_a_generation_is_a_row_and_nobody_stands_on_somebody_else() -> None:
    places = arrange(family()).places
    rows = {number: place[1] for number, place in places.items()}
    assert (rows["5"], rows["6"]) == (0, 0)
    assert rows["2"] == rows["3"] == rows["7"] == 1
    assert rows["1"] == rows["4"] == rows["8"] == 2
    assert len(set(places.values())) == len(places)
    assert abs(places["2"][0] - places["3"][0]) == 1


def test_the_symbols_are_those_of_the_nsgc_and_texts_are_escaped() -> None:
    text = draw(family(), title="Family <of> Amber")
    root = etree.fromstring(text.encode())
    found = root.xpath("//@class")
    assert found.count("pedigree-person") == 8
    for mark in ("affected", "carrier", "deceased", "proband", "couple"):
        assert f"pedigree-{mark}" in found, mark
    assert found.count("pedigree-related") == 2  # the form says so: a double line
    assert root.xpath("string(//*[local-name()='title'])") == "Family <of> Amber"
    assert "Family <of>" not in text
    assert not re.search(r"style=|<script|on\w+=|href", text)
    affected = root.xpath("//*[@class='pedigree-affected']")[0]
    assert (etree.QName(affected).localname, affected.get("fill")) == ("circle", "#1d2433")
    assert "3 · d. 40 y" in root.xpath("//*[local-name()='text']/text()")


def test_the_list_says_what_the_drawing_shows() -> None:
    said = sentences(family())
    assert said[0] == "1: the patient, female, affected, 7 years old, child of 3 and 2."
    assert "3: 9947008, male, died at 40." in said
    assert "since the age of 3" in said[6]
    assert said[-1] == "3 and 2 are related by blood."


def test_related_parents_are_found_in_the_table() -> None:
    text = "f 1 3 2 2 2\nf 2 6 5 2 1\nf 3 6 5 1 1\nf 5 0 0 2 1\nf 6 0 0 1 0\n"
    found = from_ped(text)
    assert found.consanguineous("3", "2")
    assert not found.consanguineous("6", "5")


BROKEN = [
    ([Person("")], "Row 1 has no number, so it is not drawn."),
    ([Person("1"), Person("1")], "The number 1 is given twice; row 2 is not drawn."),
    (
        [Person("1", mother="9")],
        "The mother of number 1 is number 9, whom the table does not have.",
    ),
    ([Person("1", father="1")], "Number 1 is named as its own father; the link is left out."),
    (
        [Person("1", mother="2", father="2"), Person("2")],
        "Number 1 has the same person as mother and father; only the mother is kept.",
    ),
    (
        [Person("1", father="2"), Person("2", sex="female")],
        "Number 2 is the father of number 1, but female. Check the two numbers.",
    ),
    (
        [Person("1", father="2"), Person("2", father="3"), Person("3", father="1")],
        "The numbers 1, 2, 3 descend from each other in a circle; their parents are left out.",
    ),
    ([Person("1")], "Nobody is marked as the patient, so there is no arrow."),
]


@pytest.mark.parametrize(("people", "message"), BROKEN)
def test_what_cannot_be_is_said_and_the_rest_is_drawn(people: list[Person], message: str) -> None:
    found = checked(people)
    assert message in found.problems
    assert draw(found).startswith("<svg")


def test_a_ped_file_goes_out_and_comes_back() -> None:
    text = to_ped(family())
    assert "family\t1\t3\t2\t2\t2\n" in text
    back = from_ped(text, proband="1")
    assert to_ped(back) == text
    assert back.proband is not None
    assert from_ped(text).proband is not None  # the first affected one


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file has no rows"),
        ("f 1 0", "PED file:1: expected six columns"),
        ("a 1 0 0 1 2\nb 2 0 0 1 1", "one family was expected, found: a, b"),
    ],
)
def test_a_bad_ped_file_is_refused_with_its_place(text: str, message: str) -> None:
    with pytest.raises(DefinitionError, match=re.escape(message)):
        from_ped(text)


def test_fhir_has_a_history_for_each_relative() -> None:
    bundle = family_history(family(), "p1")
    found = {entry["resource"]["id"]: entry["resource"] for entry in bundle["entry"]}
    assert len(found) == 7
    assert "relative-1" not in found
    mother = found["relative-2"]
    assert mother["relationship"]["coding"] == [{"system": SCT, "code": "65656005"}]
    assert mother["ageAge"]["value"] == 34
    assert mother["extension"][0]["extension"][1]["valueReference"] == {
        "reference": "FamilyMemberHistory/relative-6"
    }
    assert found["relative-3"]["deceasedAge"]["value"] == 40
    uncle = found["relative-7"]
    assert uncle["relationship"]["coding"][0]["code"] == "MUNCLE"
    assert uncle["condition"] == [
        {
            "code": {"text": "gait <b> & so on"},
            "onsetAge": {
                "value": 3, "unit": "years", "system": "http://unitsofmeasure.org", "code": "a",
            },
        }
    ]  # fmt: skip


def test_the_command_reads_a_ped_file(tmp_path: Path) -> None:
    file = tmp_path / "family.ped"
    file.write_text("f 1 3 2 2 2\nf 2 0 0 2 1\nf 3 9 0 1 0\n")
    run = CliRunner().invoke
    done = run(forms, ["pedigree", str(file)])
    assert done.exit_code == 0, done.output
    assert "1: the patient, female, affected, child of 3 and 2." in done.stdout
    assert "The father of number 3 is number 9" in done.stderr
    assert run(forms, ["pedigree", str(file), "--as", "svg"]).stdout.startswith("<svg")
    assert "FamilyMemberHistory" in run(forms, ["pedigree", str(file), "--as", "fhir"]).stdout
    file.write_text("f 1 0")
    assert isinstance(run(forms, ["pedigree", str(file)]).exception, DefinitionError)


numbers = st.sampled_from(["", *(str(n) for n in range(1, 13))])
person = st.builds(
    Person,
    number=numbers,
    mother=numbers,
    father=numbers,
    sex=st.sampled_from(["female", "male", "unknown"]),
    affected=st.sampled_from(["affected", "possibly", "carrier", "unaffected", "unknown"]),
    deceased=st.booleans(),
    proband=st.booleans(),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(person, max_size=16))
def test_any_family_is_drawn_once_without_loops_or_overlaps(people: list[Person]) -> None:
    found = checked(people)
    places = arrange(found).places
    assert set(places) == {one.number for one in found.people}
    assert len(set(places.values())) == len(places)
    assert all(one.number not in found.ancestors(one.number) for one in found.people)
    for one in found.people:
        assert all(places[parent][1] < places[one.number][1] for parent in one.parents)
    etree.fromstring(draw(found).encode())
    assert len(sentences(found)) >= len(found.people)

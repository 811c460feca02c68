"""Manifests: the fifteen systems are there, and a faulty manifest says where and what."""

import csv
import json
import re
from pathlib import Path

import pytest

from portal.kernel.errors import DefinitionError
from portal.terminology.errors import UnknownPackError
from portal.terminology.inputs import open_inputs
from portal.terminology.packs import Pack, PackNames, packs_folder, read_packs
from portal.terminology.service import Terminology

from .conftest import shared

FIFTEEN = {
    "orpha", "hpo", "icd10", "omim", "snomed", "meddra", "loinc", "hgnc", "atc", "ucum", "dicom",
    "icd11", "icf", "icdo", "iso3166", "bcp47",
}  # fmt: skip

GOOD = """\
id: toy
kind: enumerated
canonical: http://example.org/toy
title: {en: Toy}
publisher: Somebody
licence: {name: none, ship: "yes"}
obtain: Nothing to load.
"""


def _read(tmp_path: Path, text: str, name: str = "toy") -> dict[str, Pack]:
    (tmp_path / name).mkdir(parents=True)
    (tmp_path / name / "pack.yaml").write_text(text, encoding="utf-8")
    return read_packs(tmp_path)


def test_every_system_of_the_form_is_there(packs: dict[str, Pack]) -> None:
    assert set(packs) >= FIFTEEN | {"hgvs", "icd10cm", "mondo"}


def test_every_pack_says_how_to_get_it_and_what_its_licence_allows(packs: dict[str, Pack]) -> None:
    for pack in packs.values():
        assert len(pack.obtain) > 30, pack.id
        assert pack.licence.name, pack.id
        assert {"en", "fr", "de"} <= set(pack.title), pack.id
        if pack.licence.ship == "no":
            assert pack.licence.accept, f"{pack.id}: a closed licence has to be accepted"


def test_every_sample_is_small_and_indexed_on_first_use(samples: Terminology) -> None:
    for pack in samples.packs.values():
        for starter in pack.starters:
            if starter.file and not starter.package:
                with (pack.folder / starter.file).open(encoding="utf-8", newline="") as stream:
                    rows = list(csv.reader(stream))
                assert 10 <= len(rows) - 1 <= 60, pack.id
        index = samples.index(pack.id)
        assert (index is None) == (pack.id == "hgvs")
        if index is not None:
            pattern = re.compile(pack.code_pattern or ".*")
            wrong = [
                c.code
                for c in index.all_concepts()
                if not pattern.fullmatch(c.code) and c.selectable
            ]
            assert wrong == [], pack.id


def test_sample_codes_agree_with_the_publishers_files(
    samples: Terminology, real: Terminology
) -> None:
    for pack in ("hpo", "orpha", "icd10cm", "snomed"):
        sample, whole = samples.index(pack), real.index(pack)
        assert sample is not None
        assert whole is not None
        for concept in sample.all_concepts():
            known = whole.concept(concept.code)
            assert known is not None, f"{pack} {concept.code}"
            assert known.display == concept.display
            assert known.active == concept.active


def test_sample_maps_agree_with_orphanets_own(packs: dict[str, Pack]) -> None:
    signs = {"skos:exactMatch": "", "skos:narrowMatch": "<", "skos:broadMatch": ">"}
    known = set()
    for file in open_inputs(shared("orphanet/ordo-mappings-2025-03-07.sssom.tsv.zst")):
        for _line, text in file.lines():
            cells = text.split("\t")
            if len(cells) > 3 and cells[2] in signs:
                known.add((signs[cells[2]] + cells[0].partition(":")[2], *cells[3].split(":", 1)))
    targets = {"icd10": "ICD10", "icd11": "icd11", "omim": "OMIM", "meddra": "MedDRA"}
    for pack, prefix in targets.items():
        with (packs[pack].folder / "sample.csv").open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                assert (row["map_orpha"], prefix, row["code"]) in known


def test_a_pack_is_found_by_id_uri_alias_oid_and_curie(packs: dict[str, Pack]) -> None:
    names = PackNames(packs)
    for name in (
        "orpha",
        "https://www.orpha.net",
        "http://www.orpha.net/",
        "1.3.6.1.4.1.12559.11.10.1.3.1.44.5",
    ):
        assert names.get(name).id == "orpha"
    assert names.get("urn:oid:2.16.840.1.113883.6.1").id == "loinc"
    assert names.by_curie("Orphanet") == "orpha"
    assert names.by_curie("OMIM") == "omim"
    with pytest.raises(UnknownPackError, match="Did you mean 'orpha'"):
        names.get("orfa")


@pytest.mark.parametrize(
    ("change", "line", "key", "message"),
    [
        (("kind: enumerated", "kind: enumeratd"), 2, "kind", "Did you mean 'enumerated'"),
        (("publisher: Somebody", "publishr: Somebody"), 5, "publishr", "not a known key here"),
        (("canonical: http://example.org/toy\n", ""), 1, "canonical", "is missing"),
        (("title: {en: Toy}", "title: {fr: Jouet}"), 4, "title", "at least English"),
        (
            ('licence: {name: none, ship: "yes"}', "licence: {name: none, ship: maybe}"),
            6,
            "licence.ship",
            "is not one of",
        ),
        (("id: toy", "id: tay"), 1, "id", "must equal the folder name"),
        (
            ("publisher: Somebody", "publisher: Somebody\npublisher: Else"),
            6,
            "publisher",
            "stands twice",
        ),
        (
            ("obtain: Nothing to load.", "obtain: x\ncode_pattern: '['"),
            8,
            "code_pattern",
            "not a regular expression",
        ),
        (
            ("obtain: Nothing to load.", "obtain: x\nfiles: [{role: a, match: '*'}]"),
            8,
            "files[0].loader",
            "no loader",
        ),
    ],
)
def test_a_fault_names_line_key_and_remedy(
    tmp_path: Path, change: tuple[str, str], line: int, key: str, message: str
) -> None:
    with pytest.raises(DefinitionError) as caught:
        _read(tmp_path, GOOD.replace(*change))
    issue = next(x for x in caught.value.issues if x.key == key)
    assert issue.line == line
    assert message in str(issue)
    assert issue.file.endswith("toy/pack.yaml")


def test_several_faults_are_told_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("kind: enumerated", "kind: odd").replace(
        "title: {en: Toy}", "titel: {en: Toy}"
    )
    with pytest.raises(DefinitionError) as caught:
        _read(tmp_path, text)
    assert len(caught.value.issues) >= 3


def test_two_packs_cannot_claim_one_uri(tmp_path: Path) -> None:
    _read(tmp_path, GOOD)
    with pytest.raises(DefinitionError, match="already belongs to the pack 'toy'"):
        _read(tmp_path, GOOD.replace("id: toy", "id: toytwo"), "toytwo")


def test_not_yaml_and_no_packs_are_sentences(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="not valid YAML"):
        _read(tmp_path / "a", "id: [")
    with pytest.raises(DefinitionError, match=r"no pack\.yaml"):
        read_packs(tmp_path / "nowhere")


def test_manifests_hold_text_only(packs: dict[str, Pack]) -> None:
    assert packs_folder().is_dir()
    text = json.dumps({pack.id: [pack.title, pack.obtain] for pack in packs.values()})
    assert "/work" not in text

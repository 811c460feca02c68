"""Every format on small files, with the faults that real files have."""

import gzip
import io
import json
import tarfile
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import zstandard

from portal.terminology import records as r
from portal.terminology.errors import LoadError
from portal.terminology.inputs import open_inputs
from portal.terminology.loaders import BUILT_IN, loader_class
from portal.terminology.packs import Pack

from .conftest import SHARED, records

OBO = """\
format-version: 1.2
data-version: hp/releases/2025-01-16

[Term]
id: HP:0000001
name: All

[Term]
id: HP:0000722
name: Compulsive behaviors
alt_id: HP:0000999
def: "One \\"has to\\" act." []
synonym: "Behaviour that \\"must\\" be done" EXACT layperson []
synonym: "Old \\"name\\"" RELATED []
synonym: "OCB" EXACT abbreviation []
xref: UMLS:C0600104
is_a: HP:0000001 ! All

[Term]
id: HP:0000999
name: obsolete Compulsion
is_obsolete: true
replaced_by: HP:0000722

[Typedef]
id: part_of
name: part of
"""


def _of(kind: type, found: Iterable[Any]) -> list[Any]:
    return [record for record in found if isinstance(record, kind)]


def test_every_built_in_loader_exists_and_a_typing_error_is_answered() -> None:
    for name in BUILT_IN:
        assert hasattr(loader_class(name), "read")
    with pytest.raises(LoadError, match="Did you mean 'orphapacket'"):
        loader_class("orphapaket")


def test_obo_reads_terms_escapes_and_replacements(packs: dict[str, Pack]) -> None:
    found = records(packs, "obo", "hpo", ("hp.obo", OBO))
    assert r.Header("2025-01-16") in found
    concepts = {c.code: c for c in _of(r.Concept, found)}
    assert set(concepts) == {"HP:0000001", "HP:0000722", "HP:0000999"}
    assert concepts["HP:0000722"].definition == 'One "has to" act.'
    assert concepts["HP:0000999"].active is False
    assert concepts["HP:0000999"].display == "Compulsion"
    assert r.Designation("HP:0000722", 'Behaviour that "must" be done', "en", r.LAYPERSON) in found
    assert r.Designation("HP:0000722", 'Old "name"', "en", r.RELATED) in found
    assert r.Designation("HP:0000722", "OCB", "en", r.ABBREVIATION) in found
    assert r.Edge("HP:0000722", "HP:0000001") in found
    assert r.Replacement("HP:0000999", "HP:0000722", r.REPLACED_BY) in found
    assert r.Replacement("HP:0000999", "HP:0000722", r.ALTERNATIVE) in found
    assert r.MapRow("HP:0000722", "UMLS", "C0600104", r.RELATED_TO, "xref") in found


def test_obo_with_byte_order_mark_is_read(packs: dict[str, Pack]) -> None:
    found = records(packs, "obo", "hpo", ("hp.obo", b"\xef\xbb\xbf" + OBO.encode()))
    assert len(_of(r.Concept, found)) == 3


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (OBO.replace('"OCB" EXACT', '"OCB EXACT'), 15, "no closing quote"),
        (OBO.replace("name: All", "name All"), 6, "expected 'tag: value'"),
        (OBO.replace("id: HP:0000001\n", ""), 4, "has no id"),
        ("<html>\n", 1, "begins with 'format-version:'"),
    ],
)
def test_obo_faults_name_their_line(
    packs: dict[str, Pack], text: str, line: int, reason: str
) -> None:
    with pytest.raises(LoadError, match=reason) as caught:
        records(packs, "obo", "hpo", ("hp.obo", text))
    assert (caught.value.file, caught.value.line) == ("hp.obo", line)


def test_babelon_labels_and_synonym_lists(packs: dict[str, Pack]) -> None:
    labels = (
        "source_value\tsubject_id\tpredicate_id\ttranslation_language\ttranslation_value\ttranslation_status\n"
        "Seizure\tHP:0001250\trdfs:label\tde\tKrampfanfall\tOFFICIAL\n"
        "x\tHP:0001250\tIAO:0000115\tde\tDefinition\tOFFICIAL\n"
        "Ataxia\tHP:0001251\trdfs:label\tde\tAtaxia\tNOT_TRANSLATED\n"
    )
    synonyms = (
        "subject_id\ttranslation_value\tsynonym_type\n"
        "ID\tAL oboInOwl:hasExactSynonym@de SPLIT=|\t>AI\n"
        "HP:0000020\tHarninkontinenz|Blasenschwäche\thttp://purl.obolibrary.org/obo/hp#layperson\n"
    )
    files = ("hp-de.babelon.tsv", labels), ("hp-de.synonyms.tsv", synonyms)
    assert records(packs, "babelon", "hpo", *files) == [
        r.Designation("HP:0001250", "Krampfanfall", "de", r.PREFERRED),
        r.Designation("HP:0000020", "Harninkontinenz", "de", r.LAYPERSON),
        r.Designation("HP:0000020", "Blasenschwäche", "de", r.LAYPERSON),
    ]


def test_hpoa_counts_diseases_once_and_not_the_negated(packs: dict[str, Pack]) -> None:
    text = (
        "#version: 2025-01-16\ndatabase_id\tdisease_name\tqualifier\thpo_id\n"
        "OMIM:1\ta\t\tHP:0001250\nOMIM:1\ta\t\tHP:0001250\nOMIM:2\tb\t\tHP:0001250\nOMIM:3\tc\tNOT\tHP:0001250\n"
    )
    assert records(packs, "hpoa", "hpo", ("phenotype.hpoa", text)) == [r.Weight("HP:0001250", 2)]
    with pytest.raises(LoadError, match="expected 4 columns, found 2") as caught:
        records(packs, "hpoa", "hpo", ("phenotype.hpoa", text + "OMIM:4\td\n"))
    assert caught.value.line == 7


@pytest.mark.parametrize("bare", [True, False])
def test_orphapacket_reads_references_nested_both_ways(
    packs: dict[str, Pack], *, bare: bool
) -> None:
    reference = {
        "Source": "OMIM",
        "Reference": "154700",
        "DisorderMappingRelation": "BTNT (ORPHAcode is broader)",
    }
    packet = {
        "ORPHAcode": "558", "Label": "Marfan syndrome", "creationDate": "2025-12-09 10:41:42",
        "DisorderType": {"value": "Disease"}, "Synonyms": [{"Synonym": "MFS"}],
        "ExternalReferences": [reference if bare else {"ExternalReference": reference}],
        "Parents": [{"Parent": [{"ORPHAcode": "284993"}]}] if bare else {"Parent": [{"ORPHAcode": "284993"}]},
        "Genes": [{"Gene": {"Symbol": "FBN1", "ExternalReferences": [{"Source": "HGNC", "Reference": "3603"}]}}],
    }  # fmt: skip
    found = records(packs, "orphapacket", "orpha", ("p.json", json.dumps({"Orphapacket": packet})))
    assert r.MapRow("558", "omim", "154700", r.BROADER, "Orphanet") in found
    assert r.MapRow("558", "hgnc", "HGNC:3603", r.RELATED_TO, "Orphanet genes", "FBN1") in found
    assert r.Edge("558", "284993") in found
    assert r.Designation("558", "MFS", "en", r.SYNONYM) in found
    assert r.Concept("558", "Marfan syndrome", kind="Disease") in found


def test_orphapacket_that_is_cut_short(packs: dict[str, Pack]) -> None:
    with pytest.raises(LoadError, match="not valid JSON") as caught:
        records(packs, "orphapacket", "orpha", ("p.json", '{"Orphapacket": {\n "ORPHAcode": '))
    assert caught.value.line == 2


PRODUCT1 = """<?xml version="1.0" encoding="UTF-8"?>
<JDBOR date="2025-06-24 07:33:32" version="1.3.42 / 4.1.8"><DisorderList count="2">
<Disorder id="1"><OrphaCode>558</OrphaCode><Name lang="LANG">NAME</Name>
 <DisorderFlagList><DisorderFlag id="1"><Value>1</Value></DisorderFlag></DisorderFlagList>
 <SynonymList count="1"><Synonym lang="LANG">MFS</Synonym></SynonymList>
 <DisorderType id="2"><Name lang="en">Disease</Name></DisorderType>
 <ExternalReferenceList count="1"><ExternalReference id="3"><Source>ICD-10</Source><Reference>Q87.4</Reference>
  <DisorderMappingRelation id="4"><Name lang="en">E (Exact mapping)</Name></DisorderMappingRelation></ExternalReference></ExternalReferenceList>
</Disorder>
<Disorder id="9"><OrphaCode>999</OrphaCode><Name lang="LANG">OBSOLETE: Old</Name>
 <DisorderFlagList><DisorderFlag id="8"><Value>8192</Value></DisorderFlag></DisorderFlagList>
 <DisorderDisorderAssociationList><DisorderDisorderAssociation><TargetDisorder id="1"><OrphaCode>558</OrphaCode></TargetDisorder></DisorderDisorderAssociation></DisorderDisorderAssociationList>
</Disorder></DisorderList></JDBOR>"""


def test_orphadata_product1_in_two_languages(packs: dict[str, Pack]) -> None:
    english = PRODUCT1.replace("LANG", "en").replace("NAME", "Marfan syndrome")
    french = PRODUCT1.replace("LANG", "fr").replace("NAME", "Syndrome de Marfan")
    files = ("en_product1.xml", english), ("fr_product1.xml", french)
    found = records(packs, "orphadata-xml", "orpha", *files)
    concepts = {c.code: c for c in _of(r.Concept, found)}
    assert concepts["558"] == r.Concept("558", "Marfan syndrome", kind="Disease")
    assert concepts["999"].active is False
    assert r.Designation("558", "Syndrome de Marfan", "fr", r.PREFERRED) in found
    assert r.MapRow("558", "icd10", "Q87.4", r.EQUIVALENT, "Orphanet") in found
    assert r.Replacement("999", "558", r.REPLACED_BY) in found


def test_orphadata_xml_that_is_broken(packs: dict[str, Pack]) -> None:
    with pytest.raises(LoadError, match="not well-formed XML") as caught:
        records(packs, "orphadata-xml", "orpha", ("p.xml", PRODUCT1[:400]))
    assert caught.value.line > 1
    with pytest.raises(LoadError, match="expected <JDBOR> at the top, found <html>"):
        records(packs, "orphadata-xml", "orpha", ("p.xml", "<html/>"))


def test_orphadatas_own_classifications(packs: dict[str, Pack]) -> None:
    archive = SHARED / "orphanet/orphadata-product3-classifications-2025-06-24.xml.tar.zst"
    edges = set()
    for file in open_inputs([archive]):
        if file.name == "en_product3_235.xml":
            found = records(packs, "orphadata-xml", "orpha", (file.name, file.content()))
            edges = set(_of(r.Edge, found))
            assert r.Header("2025-06-24", "1.3.42 / 4.1.8 [2025-03-03]") in found
    assert edges == {r.Edge("616874", "618137")}


def test_xml_entities_are_not_followed(packs: dict[str, Pack]) -> None:
    bomb = (
        '<!DOCTYPE JDBOR [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        '<JDBOR><Disorder><OrphaCode>1</OrphaCode><Name lang="en">a&x;b</Name></Disorder></JDBOR>'
    )
    found = records(packs, "orphadata-xml", "orpha", ("p.xml", bomb))
    assert _of(r.Concept, found) == [r.Concept("1", "a&x;b")]


def test_claml_resolves_modifiers(packs: dict[str, Pack]) -> None:
    text = (SHARED / "icd/claml-sample-modifiers.xml").read_bytes()
    codes = {c.code: c for c in _of(r.Concept, records(packs, "claml", "icd10", ("x.xml", text)))}
    assert {"B", "BM1", "BM2"} <= set(codes)
    assert "CM1" in codes
    assert "CM2" not in codes, "all=false lists what is valid"
    assert {"DM1N1", "DM2N1", "DM2N2"} <= set(codes)
    assert "DM1N2" not in codes, "excludeOnPrecedingModifier rules this one out"
    assert codes["DM2N2"].display == "chapter D: Modification 2: Nodification 2"


def test_claml_of_a_national_centre(packs: dict[str, Pack]) -> None:
    text = """<ClaML version="2.0.0"><Meta name="lang" value="de"/><Title name="ICD-10-GM" version="2026"/>
<Class code="G63.2" kind="category" usage="aster"><SuperClass code="G63"/><Rubric kind="preferred"><Label xml:lang="de">Diabetische Polyneuropathie</Label></Rubric></Class>
<Class code="G63" kind="category"><SubClass code="G63.2"/><Rubric kind="preferred"><Label xml:lang="de">Polyneuropathie</Label></Rubric></Class></ClaML>"""
    found = records(packs, "claml", "icd10", ("icd.xml", text))
    assert r.Header("2026") in found
    assert r.Property("G63.2", "usage", "*", "code") in found
    assert r.Edge("G63.2", "G63") in found
    assert {c.lang for c in _of(r.Concept, found)} == {"de"}


def test_claml_with_a_code_twice(packs: dict[str, Pack]) -> None:
    text = (
        '<ClaML version="2.0.0">\n<Class code="A" kind="x"/>\n<Class code="A" kind="x"/>\n</ClaML>'
    )
    with pytest.raises(LoadError, match="'A' stands twice") as caught:
        records(packs, "claml", "icd10", ("icd.xml", text))
    assert caught.value.line == 3


RF2_CONCEPTS = (
    "id\teffectiveTime\tactive\tmoduleId\tdefinitionStatusId\n"
    "84757009\t20020131\t1\t900000000000207008\t1\n"
    "128613002\t20020131\t1\t900000000000207008\t1\n"
    "111\t20020131\t0\t900000000000207008\t1\n"
)
RF2_TERMS = (
    "id\teffectiveTime\tactive\tmoduleId\tconceptId\tlanguageCode\ttypeId\tterm\tcaseSignificanceId\n"
    "1\t2002\t1\tm\t84757009\ten\t900000000000003001\tEpilepsy (disorder)\tc\n"
    "2\t2002\t1\tm\t84757009\ten\t900000000000013009\tEpilepsy\tc\n"
    '3\t2002\t1\tm\t84757009\ten\t900000000000013009\t"Fits" and 5" spells\tc\n'
    '4\t2002\t1\tm\t128613002\ten\t900000000000003001\tSeizure "disorder (disorder)\tc\n'
    "5\t2002\t0\tm\t128613002\ten\t900000000000013009\tNo longer a name\tc\n"
    "6\t2002\t1\tm\t111\ten\t900000000000003001\tOld (disorder)\tc\n"
)
RF2_LANGUAGE = (
    "id\teffectiveTime\tactive\tmoduleId\trefsetId\treferencedComponentId\tacceptabilityId\n"
    "a\t2002\t1\tm\t900000000000508004\t2\t900000000000548007\n"
    "b\t2002\t1\tm\t900000000000508004\t3\t900000000000549004\n"
)
RF2_LINKS = (
    "id\teffectiveTime\tactive\tmoduleId\tsourceId\tdestinationId\trelationshipGroup\ttypeId\n"
    "r\t2002\t1\tm\t84757009\t128613002\t0\t116680003\nq\t2002\t1\tm\t84757009\t111\t0\t363698007\n"
)
RF2_ASSOCIATIONS = (
    "id\teffectiveTime\tactive\tmoduleId\trefsetId\treferencedComponentId\ttargetComponentId\n"
    "s\t2002\t1\tm\t900000000000527005\t111\t84757009\n"
)
RF2 = (
    ("der2_cRefset_LanguageSnapshot-en_INT_20260101.txt", RF2_LANGUAGE),
    ("sct2_Concept_Snapshot_INT_20260101.txt", RF2_CONCEPTS),
    ("sct2_Description_Snapshot-en_INT_20260101.txt", RF2_TERMS),
    ("sct2_Relationship_Snapshot_INT_20260101.txt", RF2_LINKS),
    ("der2_cRefset_AssociationSnapshot_INT_20260101.txt", RF2_ASSOCIATIONS),
)


def test_rf2_keeps_lone_quotes_and_reads_reference_sets(packs: dict[str, Pack]) -> None:
    found = records(packs, "rf2", "snomed", *RF2)
    assert r.Header("http://snomed.info/sct/900000000000207008/version/20260101") in found
    assert r.Designation("84757009", '"Fits" and 5" spells', "en", r.SYNONYM) in found
    assert r.Designation("84757009", "Epilepsy", "en-GB", r.PREFERRED) in found
    concepts = {c.code: c for c in _of(r.Concept, found)}
    assert concepts["128613002"].display == 'Seizure "disorder'
    assert concepts["84757009"].kind == "disorder"
    assert concepts["111"].active is False
    assert _of(r.Edge, found) == [r.Edge("84757009", "128613002")]
    assert r.Replacement("111", "84757009", r.SAME_AS) in found
    assert "No longer a name" not in {d.text for d in _of(r.Designation, found)}


def test_rf2_with_a_missing_column(packs: dict[str, Pack]) -> None:
    broken = RF2_TERMS.replace("conceptId", "concept")
    with pytest.raises(
        LoadError, match=r"column 'conceptId' is missing \(found 'concept'\)"
    ) as caught:
        records(packs, "rf2", "snomed", ("sct2_Description_Snapshot-en_INT_20260101.txt", broken))
    assert caught.value.line == 1


def test_fhir_code_system_with_properties_and_designations(packs: dict[str, Pack]) -> None:
    system = {
        "resourceType": "CodeSystem", "url": "http://loinc.org", "version": "2.82", "language": "en",
        "concept": [
            {"code": "a", "display": "A", "definition": "first",
             "designation": [{"language": "de", "value": "Ah", "use": {"code": "preferredForLanguage"}}],
             "concept": [{"code": "A", "display": "Capital A"}]},
            {"code": "old", "display": "Old", "property": [
                {"code": "status", "valueCode": "retired"}, {"code": "replacedBy", "valueCode": "a"}]},
            {"code": "group", "display": "Group", "property": [{"code": "notSelectable", "valueBoolean": True}]},
        ],
    }  # fmt: skip
    found = records(packs, "fhir-codesystem", "loinc", ("cs.json", json.dumps(system)))
    concepts = {c.code: c for c in _of(r.Concept, found)}
    assert {"a", "A"} <= set(concepts), "codes that differ only in case stay apart"
    assert concepts["old"].active is False
    assert concepts["group"].selectable is False
    assert r.Edge("A", "a") in found
    assert r.Designation("a", "Ah", "de", r.PREFERRED) in found
    assert r.Replacement("old", "a", r.REPLACED_BY) in found


def test_fhir_supplement_concept_map_and_wrong_system(packs: dict[str, Pack]) -> None:
    supplement = {
        "resourceType": "CodeSystem", "content": "supplement", "supplements": "http://loinc.org|2.82",
        "concept": [{"code": "8302-2", "designation": [{"language": "fr", "value": "Taille"}]}],
    }  # fmt: skip
    found = records(packs, "fhir-codesystem", "loinc", ("s.json", json.dumps(supplement)))
    assert found == [r.Designation("8302-2", "Taille", "fr", r.SYNONYM)]
    mapping = {
        "resourceType": "ConceptMap", "title": "Mine",
        "group": [{"source": "http://loinc.org", "target": "http://snomed.info/sct", "element": [
            {"code": "8302-2", "target": [{"code": "50373000", "equivalence": "equivalent"}]}]}],
    }  # fmt: skip
    found = records(packs, "fhir-codesystem", "loinc", ("m.json", json.dumps(mapping)))
    assert found == [r.MapRow("8302-2", "http://snomed.info/sct", "50373000", r.EQUIVALENT, "Mine")]
    wrong = json.dumps({"resourceType": "CodeSystem", "url": "http://example.org/other"})
    with pytest.raises(LoadError, match=r"about 'http://example.org/other'"):
        records(packs, "fhir-codesystem", "loinc", ("cs.json", wrong))
    with pytest.raises(LoadError, match="expected a CodeSystem"):
        records(packs, "fhir-codesystem", "loinc", ("cs.json", '{"resourceType": "Patient"}'))


def test_sssom_turns_predicates_into_relations(packs: dict[str, Pack]) -> None:
    text = (
        "# curie_map:\n#   OMIM: https://omim.org/entry/\n"
        "subject_id\tsubject_label\tpredicate_id\tobject_id\tmapping_justification\n"
        "Orphanet:558\tMarfan syndrome\tskos:exactMatch\tICD10:Q87.4\tx\n"
        "Orphanet:558\tMarfan syndrome\tskos:narrowMatch\tOMIM:154700\tx\n"
        "Orphanet:558\tMarfan syndrome\tskos:broadMatch\tOMIM:610168\tx\n"
        "Orphanet:100006\tA\tskos:broadMatch\tICD10:E85.4+\tx\n"
        "MONDO:1\tsomebody else's\tskos:exactMatch\tICD10:Q87.4\tx\n"
    )
    assert records(packs, "sssom", "orpha", ("ordo.sssom.tsv", text)) == [
        r.MapRow("558", "icd10", "Q87.4", r.EQUIVALENT, "ordo"),
        r.MapRow("558", "omim", "154700", r.BROADER, "ordo"),
        r.MapRow("558", "omim", "610168", r.NARROWER, "ordo"),
        r.MapRow("100006", "icd10", "E85.4+", r.NARROWER, "ordo"),
    ]
    with pytest.raises(LoadError, match="not a CURIE") as caught:
        records(
            packs, "sssom", "orpha", ("ordo.sssom.tsv", text + "558\tx\tskos:exactMatch\tA:1\tx\n")
        )
    assert caught.value.line == 9


def test_loinc_release(packs: dict[str, Pack]) -> None:
    table = (
        '"LOINC_NUM","COMPONENT","STATUS","LONG_COMMON_NAME","SHORTNAME","CLASSTYPE","VersionLastChanged","EXTERNAL_COPYRIGHT_NOTICE"\n'
        '"8302-2","Body height","ACTIVE","Body height","Bdy height","2","2.9",""\n'
        '"1-8","Acyclovir, x","DEPRECATED","Acyclovir [Susceptibility]","","1","2.82","(c) Somebody"\n'
    )
    variant = (
        '"LOINC_NUM","LONG_COMMON_NAME","LinguisticVariantDisplayName"\n"8302-2","Körpergröße",""\n'
    )
    files = (
        ("Loinc.csv", table), ("MapTo.csv", "LOINC,MAP_TO,COMMENT\n1-8,8302-2,\n"),
        ("deDE15LinguisticVariant.csv", variant), ("Unknown.csv", "a\n1\n"),
    )  # fmt: skip
    found = records(packs, "loinc-csv", "loinc", *files)
    assert r.Header("2.82") in found, "versions are compared as numbers: 2.82 is after 2.9"
    assert r.Replacement("1-8", "8302-2", r.REPLACED_BY) in found
    assert r.Designation("8302-2", "Körpergröße", "de", r.PREFERRED) in found
    assert r.Property("1-8", "copyright", "(c) Somebody") in found
    assert r.Property("8302-2", "CLASSTYPE", "2") in found


def test_meddra_two_languages(packs: dict[str, Pack]) -> None:
    def release(language: str, term: str) -> list[tuple[str, str]]:
        folder = f"MedAscii_{language}"
        return [
            (f"{folder}/pt.asc", f"10026829${term}$$10010331$$$$$$$$\n"),
            (
                f"{folder}/llt.asc",
                f"10026829${term}$10026829$$$$$$$Y$$\n10099999$Old {term}$10026829$$$$$$$N$$\n",
            ),
            (f"{folder}/hlt_pt.asc", "10010448$10026829$\n"),
            (f"{folder}/hlt.asc", "10010448$Connective tissue disorders NEC$\n"),
            (f"{folder}/meddra_release.asc", f"28.0${language}$$$$\n"),
        ]

    files = release("English", "Marfan's syndrome") + release("German", "Marfan-Syndrom")
    found = records(packs, "meddra-asc", "meddra", *files)
    concepts = {c.code: c for c in _of(r.Concept, found)}
    assert r.Header("28.0") in found
    assert concepts["10026829"].kind == "PT"
    assert concepts["10010448"].selectable is False
    assert concepts["10099999"].active is False
    assert r.Replacement("10099999", "10026829", r.REPLACED_BY) in found
    assert r.Designation("10026829", "Marfan-Syndrom", "de", r.PREFERRED) in found
    assert r.Edge("10026829", "10010448") in found
    with pytest.raises(LoadError, match="separated by '\\$'") as caught:
        records(packs, "meddra-asc", "meddra", ("pt.asc", "10026829;Marfan\n"))
    assert caught.value.line == 1


def test_hgnc_symbols_and_withdrawn(packs: dict[str, Pack]) -> None:
    table = (
        "hgnc_id\tsymbol\tname\tlocus_group\tstatus\talias_symbol\tprev_symbol\tomim_id\tdate_modified\n"
        'HGNC:3603\tFBN1\tfibrillin 1\tprotein-coding gene\tApproved\t"MASS|SGS"\tFBN\t134797\t2026-01-20\n'
    )
    withdrawn = (
        "HGNC_ID\tSTATUS\tWITHDRAWN_SYMBOL\tMERGED_INTO_REPORT(S) (i.e. HGNC_ID|SYMBOL|STATUS)\n"
        "HGNC:6907\tMerged/Split\tMFS1\tHGNC:3603|FBN1|Approved\n"
    )
    files = ("hgnc_complete_set.txt", table), ("withdrawn.txt", withdrawn)
    found = records(packs, "hgnc-tsv", "hgnc", *files)
    assert r.Concept("HGNC:3603", "FBN1", kind="protein-coding gene") in found
    assert r.Designation("HGNC:3603", "SGS", "en", r.ABBREVIATION) in found
    assert r.Replacement("HGNC:6907", "HGNC:3603", r.REPLACED_BY) in found
    assert r.MapRow("HGNC:3603", "omim", "134797", r.EQUIVALENT, "HGNC") in found
    assert r.Header("2026-01-20") in found


def test_omim_numbers_and_titles(packs: dict[str, Pack]) -> None:
    entries = "# Generated: 2026-02-01\n154700\tphenotype\t\t\t\n100500\tmoved/removed\t\t\t\n"
    titles = (
        "# Prefix\tMIM Number\tPreferred\tAlternative\tIncluded\n"
        "Number Sign\t154700\tMARFAN SYNDROME; MFS\tMARFAN SYNDROME, TYPE I; MFS1\t\n"
        "Caret\t100500\tMOVED TO 200150\t\t\n"
    )
    found = records(packs, "omim-tsv", "omim", ("mim2gene.txt", entries))
    assert r.Header("2026-02-01") in found
    assert {c.code: c.active for c in _of(r.Concept, found)} == {"154700": True, "100500": False}
    found = records(packs, "omim-tsv", "omim", ("mimTitles.txt", titles))
    assert r.Replacement("100500", "200150", r.REPLACED_BY) in found
    assert r.Designation("154700", "MFS1", "en", r.SYNONYM) in found
    with pytest.raises(LoadError, match="six-digit MIM number") as caught:
        records(packs, "omim-tsv", "omim", ("mim2gene.txt", entries + "abc\n"))
    assert caught.value.line == 4


def test_atc_levels_by_prefix(packs: dict[str, Pack]) -> None:
    text = "ATC code,ATC level name,DDD,U,Adm.R\nA16AB,Enzymes,,,\nA16AB02,imiglucerase,30,U,P\n"
    found = records(packs, "atc-csv", "atc", ("2026-atc.csv", text))
    assert r.Header("2026") in found
    assert r.Edge("A16AB02", "A16AB") in found
    assert r.Property("A16AB02", "ddd", "30 U P") in found
    with pytest.raises(LoadError, match="expected an ATC code") as caught:
        records(packs, "atc-csv", "atc", ("atc.csv", text + "A1,x,,,\n"))
    assert caught.value.line == 4


def test_icd11_depth_by_dashes(packs: dict[str, Pack]) -> None:
    head = "Foundation URI\tCode\tBlockId\tTitle\tClassKind\tChapterNo\tVersion:2026 Jan 20\n"
    rows = (
        "\t\t\tDevelopmental anomalies\tchapter\t20\t\n"
        "\t\tBlockL1-LD2\t- Multiple anomalies\tblock\t20\t\n"
        "http://id.who.int/icd/entity/1\tLD28.01\t\t- - Marfan syndrome\tcategory\t20\t\n"
    )
    found = records(packs, "icd11-tabulation", "icd11", ("ICD-11-MMS-en.txt", head + rows))
    assert r.Header("2026-01") in found
    assert r.Edge("LD28.01", "BlockL1-LD2") in found
    assert r.Edge("BlockL1-LD2", "20") in found
    assert r.Concept("LD28.01", "Marfan syndrome", kind="category") in found
    broken = rows.replace("- - Marfan", "- - - - Marfan")
    with pytest.raises(LoadError, match="4 deep, but the row above is 1 deep") as caught:
        records(packs, "icd11-tabulation", "icd11", ("ICD-11-MMS-en.txt", head + broken))
    assert caught.value.line == 4


def test_csv_with_declared_columns(packs: dict[str, Pack]) -> None:
    text = "Kode,Name,parent,map_orpha\nC71.6,Cerebellum,C71,<558|>1\n"
    found = records(packs, "csv", "icdo", ("x.csv", text), columns="code=Kode, display=Name")
    assert found == [
        r.Concept("C71.6", "Cerebellum"),
        r.Designation("C71.6", "Cerebellum", "en", r.PREFERRED),
        r.Edge("C71.6", "C71"),
        r.MapRow("C71.6", "orpha", "558", r.NARROWER),
        r.MapRow("C71.6", "orpha", "1", r.BROADER),
    ]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (b"", 1, "the file is empty"),
        (b"code,dsplay\nA,b\n", 1, "Did you mean 'display'"),
        (b"code,display\nA,b,c\n", 2, "expected 2 columns, found 3"),
        (b"code,display\n,b\n", 2, "has no code"),
        (b'code,display\nA,"b\n', 2, "not readable as a table"),
        (b"code,display\nA,K\xf6rper\n", 2, "not utf-8 text"),
    ],
)
def test_csv_faults_name_their_line(
    packs: dict[str, Pack], text: bytes, line: int, reason: str
) -> None:
    with pytest.raises(LoadError, match=reason) as caught:
        records(packs, "csv", "icdo", ("x.csv", text))
    assert caught.value.line == line


def _tar(name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        info = tarfile.TarInfo(name)
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def _zip(name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, data)
    return out.getvalue()


def test_every_wrapping_is_opened_without_unpacking(tmp_path: Path) -> None:
    data = b"\xef\xbb\xbfcode,display\nA,b\n"
    squeeze = zstandard.ZstdCompressor().compress
    files = {
        "plain.csv": data,
        "a.csv.zst": squeeze(data),
        "b.csv.gz": gzip.compress(data),
        "c.zip": _zip("inner/../../../x.csv", data),
        "d.tar.zst": squeeze(_tar("../../y.csv", data)),
        "e.tar.gz": gzip.compress(_tar("z.csv", data)),
        "f.zip": _zip("deep.zip", _zip("w.csv", data)),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    found = {file.name: file.content() for file in open_inputs([tmp_path])}
    assert found == dict.fromkeys(
        ["plain.csv", "a.csv", "b.csv", "x.csv", "y.csv", "z.csv", "w.csv"], data[3:]
    )


@pytest.mark.parametrize("name", ["cut.csv.zst", "cut.csv.gz", "cut.zip", "cut.tar"])
def test_a_damaged_archive_is_named(tmp_path: Path, name: str) -> None:
    data = b"code,display\n" + b"A,bcd\n" * 5000
    whole = {
        "cut.csv.zst": zstandard.ZstdCompressor().compress(data),
        "cut.csv.gz": gzip.compress(data),
        "cut.zip": _zip("x.csv", data),
        "cut.tar": _tar("x.csv", data),
    }[name]
    path = tmp_path / name
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(LoadError, match="damaged or cut short") as caught:
        _ = [file.content() for file in open_inputs([path])]
    assert "cut" in caught.value.message or "x.csv" in caught.value.message

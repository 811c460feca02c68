"""Orphapacket JSON: one file per ORPHAcode."""

import json
from collections.abc import Iterator
from typing import Any

from portal.terminology import records as r
from portal.terminology.errors import LoadError
from portal.terminology.inputs import InputFile
from portal.terminology.loaders import BaseLoader

RELATIONS = {
    "E": r.EQUIVALENT,
    "NTBT": r.NARROWER,
    "BTNT": r.BROADER,
    "ND": r.RELATED_TO,
    "W": r.RELATED_TO,
}


def relation(text: str) -> str:
    """Turn Orphanet's relation (``NTBT (ORPHAcode is narrower …)``) into the FHIR one."""
    return RELATIONS.get(text.split(" ", 1)[0].strip("."), r.RELATED_TO)


class OrphapacketLoader(BaseLoader):
    """Concepts, synonyms, parents, OMIM maps, genes and HPO terms of each entity.

    External references nest in two ways in the published files (with and without an inner key);
    both are read. A concept's ``kind`` is its disorder type.
    """

    def read(self, file: InputFile) -> Iterator[r.Record]:
        """Yield the records of one entity."""
        try:
            packet = json.loads(file.content())["Orphapacket"]
            code = str(packet["ORPHAcode"])
        except ValueError as error:
            line = getattr(error, "lineno", 0)
            raise LoadError(f"not valid JSON: {error}", file=file.name, line=line) from error
        except (KeyError, TypeError) as error:
            raise LoadError("expected Orphapacket with an ORPHAcode", file=file.name) from error
        date = str(packet.get("creationDate", ""))[:10]
        yield r.Header(date, str(packet.get("version", "")))
        kind = packet.get("DisorderType", {}).get("value", "")
        text = packet.get("TextSection") or {}
        definition = text.get("Contents", "") if isinstance(text, dict) else ""
        yield r.Concept(code, packet["Label"], kind=kind, definition=definition)
        yield from _names(code, packet)
        yield from _parents(code, packet)
        yield from self._references(code, packet)
        yield from self._genes(code, packet)

    def _references(self, code: str, packet: dict[str, Any]) -> Iterator[r.Record]:
        for entry in packet.get("ExternalReferences") or []:
            inner = entry.get("ExternalReference", entry)
            for reference in inner if isinstance(inner, list) else [inner]:
                target = self.context.pack_of_curie(reference["Source"]) or reference["Source"]
                how = relation(str(reference.get("DisorderMappingRelation", "")))
                yield r.MapRow(code, target, str(reference["Reference"]), how, "Orphanet")

    def _genes(self, code: str, packet: dict[str, Any]) -> Iterator[r.Record]:
        for entry in packet.get("Genes") or []:
            gene = entry.get("Gene", entry)
            yield r.Property(code, "gene", str(gene.get("Symbol", "")))
            for reference in gene.get("ExternalReferences") or []:
                if reference.get("Source") == "HGNC":
                    number = f"HGNC:{reference['Reference']}"
                    label = str(gene.get("Symbol", ""))
                    yield r.MapRow(code, "hgnc", number, r.RELATED_TO, "Orphanet genes", label)
        for entry in packet.get("Phenotypes") or []:
            phenotype = entry.get("Phenotype", entry)
            yield r.Property(code, "phenotype", str(phenotype.get("HPOId", "")), "code")
        if isinstance(packet.get("Phenotypes"), list):
            yield r.Weight(code, len(packet["Phenotypes"]))


def _names(code: str, packet: dict[str, Any]) -> Iterator[r.Record]:
    for entry in packet.get("Synonyms") or []:
        name = entry.get("Synonym", "") if isinstance(entry, dict) else entry
        if name:
            yield r.Designation(code, str(name), "en", r.SYNONYM)


def _parents(code: str, packet: dict[str, Any]) -> Iterator[r.Record]:
    found = packet.get("Parents") or []
    for entry in found if isinstance(found, list) else [found]:
        inner = entry.get("Parent", entry)
        for parent in inner if isinstance(inner, list) else [inner]:
            yield r.Edge(code, str(parent["ORPHAcode"]))

"""Orphadata XML (JDBOR): products 1 (names, maps), 3 (classifications), 4 (signs), 6 (genes), 7."""

from collections.abc import Iterator

from portal.terminology import records as r
from portal.terminology.inputs import InputFile
from portal.terminology.loaders import BaseLoader
from portal.terminology.loaders.orphapacket import relation
from portal.terminology.loaders.xmlread import Element, child, children, elements, lang, local, text

_OBSOLETE_FLAGS = {"8192", "8193", "513", "512", "1025"}


class OrphadataLoader(BaseLoader):
    """Every file of Orphadata in every language; what a file holds decides what it gives.

    A disorder with names becomes a concept in the file's language; classification nodes give the
    edges; ``DisorderDisorderAssociation`` of an inactive disorder gives its replacement.
    """

    def read(self, file: InputFile) -> Iterator[r.Record]:
        """Yield the records of one JDBOR file."""
        for element in elements(file, {"JDBOR", "Disorder", "ClassificationNode"}, root="JDBOR"):
            name = local(element)
            if name == "Disorder":
                yield from self._disorder(element)
            elif name == "ClassificationNode":
                yield from _node(element)
            else:
                yield r.Header(str(element.get("date", ""))[:10], str(element.get("version", "")))

    def _disorder(self, element: Element) -> Iterator[r.Record]:
        code = text(child(element, "OrphaCode")) or text(child(element, "OrphaNumber"))
        name = child(element, "Name")
        if not code or name is None:
            return
        language = lang(name)
        flags = {str(flag.get("id")) for flag in element.iter() if local(flag) == "DisorderFlag"}
        values = {
            text(v)
            for f in element.iter()
            if local(f) == "DisorderFlag"
            for v in children(f, "Value")
        }
        active = not (flags | values) & _OBSOLETE_FLAGS
        kind = text(child(element, "DisorderType"))
        display = text(name).removeprefix("OBSOLETE: ").removeprefix("NON RARE IN EUROPE: ")
        if language == "en":
            yield r.Concept(
                code, display, active=active, kind=kind, definition=_definition(element)
            )
        yield r.Designation(code, display, language, r.PREFERRED)
        for synonym in element.iter():
            if local(synonym) == "Synonym" and text(synonym):
                yield r.Designation(code, text(synonym), lang(synonym, language), r.SYNONYM)
        yield from self._references(code, element)
        yield from _links(code, element)

    def _references(self, code: str, element: Element) -> Iterator[r.Record]:
        for reference in element.iter():
            if local(reference) != "ExternalReference":
                continue
            source, number = text(child(reference, "Source")), text(child(reference, "Reference"))
            if source and number and child(reference, "DisorderMappingRelation") is not None:
                how = relation(text(child(reference, "DisorderMappingRelation")))
                target = self.context.pack_of_curie(source) or source
                yield r.MapRow(code, target, number, how, "Orphanet")


def _definition(element: Element) -> str:
    return next((text(part) for part in element.iter() if local(part) == "Contents"), "")


def _links(code: str, element: Element) -> Iterator[r.Record]:
    """Yield replacement (association with a target), genes and HPO terms of one disorder."""
    for part in element.iter():
        name = local(part)
        if name == "TargetDisorder":
            other = text(child(part, "OrphaCode")) or text(child(part, "OrphaNumber"))
            if other and other != code:
                yield r.Replacement(code, other, r.REPLACED_BY)
        elif name == "HPOId":
            yield r.Property(code, "phenotype", text(part), "code")
        elif name == "Gene" and text(child(part, "Symbol")):
            yield r.Property(code, "gene", text(child(part, "Symbol")))


def _node(element: Element) -> Iterator[r.Record]:
    """Yield an edge from each direct child node to this node."""
    parent = text(child(child(element, "Disorder"), "OrphaCode"))
    listed = child(element, "ClassificationNodeChildList")
    for node in children(listed, "ClassificationNode") if listed is not None else []:
        code = text(child(child(node, "Disorder"), "OrphaCode"))
        if code and parent:
            yield r.Edge(code, parent)

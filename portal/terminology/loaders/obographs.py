"""OBO Graphs JSON (hp.json, ordo.json): nodes, synonyms, is_a edges."""

import json
from collections.abc import Iterator
from typing import Any

from portal.terminology import records as r
from portal.terminology.errors import LoadError
from portal.terminology.inputs import InputFile
from portal.terminology.loaders import BaseLoader

_PREDICATES = {
    "hasExactSynonym": r.SYNONYM,
    "hasNarrowSynonym": r.NARROW,
    "hasBroadSynonym": r.BROAD,
    "hasRelatedSynonym": r.RELATED,
}


class OboGraphsLoader(BaseLoader):
    """All graphs of one file. A node's URI ``…/Orphanet_558`` becomes the pack's code."""

    def read(self, file: InputFile) -> Iterator[r.Record]:
        """Yield the records of every graph; raise LoadError when the file is not such JSON."""
        try:
            document = json.loads(file.content())
        except ValueError as error:
            line = getattr(error, "lineno", 0)
            raise LoadError(f"not valid JSON: {error}", file=file.name, line=line) from error
        if not isinstance(document, dict) or "graphs" not in document:
            raise LoadError(
                "expected the key 'graphs' at the top (OBO Graphs JSON)", file=file.name
            )
        for graph in document["graphs"]:
            version = str(graph.get("meta", {}).get("version", "")).rstrip("/").split("/")
            if version[-1]:
                dated = [part for part in version if part[:4].isdigit()]
                yield r.Header(dated[-1] if dated else version[-1])
            for node in graph.get("nodes", []):
                code = self._code(str(node.get("id", "")))
                if code and node.get("type", "CLASS") == "CLASS":
                    yield from self._node(code, node)
            for edge in graph.get("edges", []):
                child, parent = self._code(edge["sub"]), self._code(edge["obj"])
                if edge.get("pred") == "is_a" and child and parent:
                    yield r.Edge(child, parent)

    def _code(self, uri: str) -> str:
        """Return the pack's code for a node URI; '' when it belongs to another system."""
        prefix, _, local = uri.rsplit("/", 1)[-1].rsplit("#", 1)[-1].rpartition("_")
        if self.context.pack_of_curie(prefix) != self.context.pack.id:
            return ""
        return f"{self.context.pack.code_prefix}{local}"

    def _node(self, code: str, node: dict[str, Any]) -> Iterator[r.Record]:
        meta = node.get("meta", {})
        active = not meta.get("deprecated", False)
        definition = meta.get("definition", {}).get("val", "")
        yield r.Concept(code, node.get("lbl", "") or code, active=active, definition=definition)
        for synonym in meta.get("synonyms", []):
            use = _PREDICATES.get(synonym.get("pred", ""), r.RELATED)
            yield r.Designation(code, synonym["val"], "en", use)
        for xref in meta.get("xrefs", []):
            prefix, _, local = str(xref.get("val", "")).partition(":")
            if local:
                target = self.context.pack_of_curie(prefix) or prefix
                yield r.MapRow(code, target, local, r.RELATED_TO, "xref")
        for value in meta.get("basicPropertyValues", []):
            if str(value.get("pred", "")).endswith("IAO_0100001"):
                new = self._code(str(value["val"]).replace(":", "_"))
                if new:
                    yield r.Replacement(code, new, r.REPLACED_BY)

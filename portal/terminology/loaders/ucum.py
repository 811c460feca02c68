"""ucum-essence.xml: base units, units and prefixes of UCUM."""

from collections.abc import Iterator

from portal.terminology import records as r
from portal.terminology.inputs import InputFile
from portal.terminology.loaders import BaseLoader
from portal.terminology.loaders.xmlread import Element, child, children, elements, local, text


class UcumLoader(BaseLoader):
    """Units become concepts (kind ``unit`` or ``base-unit``), prefixes concepts of kind ``prefix``.

    Prefixes share letters with units (``m`` is milli and metre), so their code is ``prefix:m`` and
    nobody can select them. ``metric`` says whether a unit takes a prefix.
    """

    def read(self, file: InputFile) -> Iterator[r.Record]:
        """Yield the records of the file."""
        for element in elements(file, {"root", "prefix", "base-unit", "unit"}, root="root"):
            name = local(element)
            if name == "root":
                yield r.Header(str(element.get("version", "")))
            elif name == "prefix":
                code = f"prefix:{element.get('Code')}"
                display = text(child(element, "name"))
                yield r.Concept(code, display, selectable=False, kind="prefix")
            else:
                yield from _unit(element, name)


def _unit(element: Element, kind: str) -> Iterator[r.Record]:
    code = str(element.get("Code"))
    names = [text(part) for part in children(element, "name")]
    metric = kind == "base-unit" or element.get("isMetric") == "yes"
    yield r.Concept(code, names[0], kind=kind)
    for name in names[1:]:
        yield r.Designation(code, name, "en", r.SYNONYM)
    symbol = text(child(element, "printSymbol"))
    if symbol and symbol != code:
        yield r.Designation(code, symbol, "en", r.ABBREVIATION)
    yield r.Property(code, "metric", "true" if metric else "false", "boolean")
    yield r.Property(code, "property", text(child(element, "property")))
    yield r.Property(code, "case-insensitive", str(element.get("CODE") or ""))
    value = child(element, "value")
    if value is not None:
        yield r.Property(
            code, "definition", f"{value.get('value') or ''} {value.get('Unit')}".strip()
        )

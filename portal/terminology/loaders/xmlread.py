"""Streaming XML for the loaders: no entities, no network, no tree of the whole file.

lxml ships no types; this module is the one place that touches it.
"""

from collections.abc import Iterator
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from portal.terminology.errors import LoadError
from portal.terminology.inputs import InputFile

Element = Any


def local(element: Element) -> str:
    """Return the tag without its namespace."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def elements(file: InputFile, wanted: set[str], root: str = "") -> Iterator[Element]:
    """Yield each finished element whose local tag is in ``wanted``; memory is freed behind it.

    Elements nested in a wanted one are yielded first, with their content intact. ``root`` names the
    top element that the format must have. A fault in the XML raises LoadError with its line.
    """
    parser = etree.iterparse(
        file.binary(), events=("start", "end"), resolve_entities=False, no_network=True,
        load_dtd=False, huge_tree=False, remove_comments=True,
    )  # fmt: skip
    depth, first = 0, True
    try:
        for event, element in parser:
            name = local(element)
            if event == "start":
                if first and root and name != root:
                    raise LoadError(f"expected <{root}> at the top, found <{name}>", file=file.name)
                first = False
                depth += name in wanted
            elif name in wanted:
                depth -= 1
                yield element
                if not depth:
                    _forget(element)
    except etree.XMLSyntaxError as error:
        line = int(error.lineno or 0)
        raise LoadError(f"not well-formed XML: {error.msg}", file=file.name, line=line) from error


def _forget(element: Element) -> None:
    element.clear(keep_tail=False)
    while element.getprevious() is not None:
        del element.getparent()[0]


def text(element: Element) -> str:
    """Return all text inside ``element`` with white space folded; '' for None."""
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def child(element: Element, name: str) -> Element:
    """Return the first child with this local tag, or None."""
    return next((part for part in element if local(part) == name), None)


def children(element: Element, name: str) -> list[Element]:
    """Return the children with this local tag."""
    return [part for part in element if local(part) == name]


def lang(element: Element, default: str = "en") -> str:
    """Return the xml:lang (or lang) of ``element``."""
    xml = element.get("{http://www.w3.org/XML/1998/namespace}lang")
    return str(xml or element.get("lang") or default)

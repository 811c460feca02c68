"""The rows of the sheet « survey » as a tree of groups and repeats."""

import re
from dataclasses import dataclass, field

from portal.forms.interop.importing.report import Report
from portal.forms.interop.naming import identifier
from portal.forms.interop.xlsform.fields import METADATA, FieldReader
from portal.forms.interop.xlsform.sheets import Row, Workbook

_BEGIN = re.compile(r"begin[_ ](group|repeat|loop|lgroup)", re.IGNORECASE)
_END = re.compile(r"end[_ ](group|repeat|loop|lgroup)", re.IGNORECASE)
_YES = frozenset({"yes", "true", "true()", "1"})


@dataclass
class Node:
    """A row with the rows inside it (of groups and repeats); ``own`` is its id here."""

    row: Row
    kind: str
    own: str
    children: "list[Node]" = field(default_factory=list)
    reader: FieldReader | None = None


def build_tree(book: Workbook, report: Report) -> tuple[list[Node], list[Node]]:
    """Return the rows at the top, and every row in order.

    Ends without a beginning and missing ends do no harm; facts about the device are left out.
    """
    roots: list[Node] = []
    every: list[Node] = []
    stack: list[Node] = []
    taken: set[str] = set()
    for row in book.survey:
        kind = " ".join(row.get("type").split())
        if not kind or row.get("disabled").lower() in _YES:
            continue
        if _END.fullmatch(kind):
            del stack[-1:]
            continue
        name = row.get("name")
        if kind.lower() in METADATA:
            report.ignore(name or kind, kind, "facts about the device and the moment")
            continue
        begin = _BEGIN.fullmatch(kind)
        node = Node(row, _kind(begin), identifier(name.lower() if name.isascii() else name, taken))
        taken.add(node.own)
        every.append(node)
        if node.own != name:
            report.renamed[name] = node.own
        (stack[-1].children if stack else roots).append(node)
        if begin:
            stack.append(node)
    return roots, every


def _kind(begin: re.Match[str] | None) -> str:
    if begin is None:
        return "field"
    return "group" if begin.group(1).lower() == "group" else "repeat"

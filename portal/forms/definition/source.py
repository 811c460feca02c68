"""YAML text into a tree that remembers its lines.

The tree keeps every scalar as it was typed: ``yes``, ``on``, ``2024-05-01`` and ``1.10`` stay text
until the reader of a keyword decides what it wants. Duplicate keys, anchors and absurd depth are
refused here, so nothing later has to defend itself against them.
"""

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from portal.kernel.errors import Issue

MAX_BYTES = 4_000_000
MAX_DEPTH = 60
MAX_NODES = 200_000


@dataclass(slots=True)
class Scalar:
    """One word, number or sentence. ``plain`` tells a bare word from a quoted one."""

    text: str
    line: int
    plain: bool = True


@dataclass(slots=True)
class Sequence:
    """A YAML list."""

    line: int
    items: "list[Node]" = field(default_factory=list)


@dataclass(slots=True)
class Mapping:
    """A YAML mapping; ``entries`` keep the order of the file."""

    line: int
    entries: "list[tuple[Scalar, Node]]" = field(default_factory=list)
    index: "dict[str, Node]" = field(default_factory=dict)

    def get(self, key: str) -> "Node | None":
        """Return the value under ``key`` or None."""
        return self.index.get(key)

    def add(self, key: Scalar, value: "Node") -> None:
        """Append one entry; the caller has made sure that the key is new."""
        self.entries.append((key, value))
        self.index[key.text] = value

    def line_of(self, key: str) -> int:
        """Return the line on which ``key`` stands, or the mapping's own line."""
        return next((name.line for name, _ in self.entries if name.text == key), self.line)


Node = Scalar | Sequence | Mapping


class _Stop(Exception):  # noqa: N818 - not an error: the parse ends here
    """The text cannot be turned into a tree; the issue says why."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


class _Builder:
    """Builds nodes from YAML events with an explicit stack, so depth never becomes recursion."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.issues: list[Issue] = []
        self.root: Node | None = None
        self.stack: list[Sequence | Mapping] = []
        self.keys: list[Scalar | None] = []
        self.count = 0

    def feed(self, event: Any) -> None:
        """Take one YAML event."""
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            raise _Stop(
                f"'*{event.anchor}' repeats another part of the file. Write it out, or use "
                "'lists:' for shared options and 'include:' for shared sections.",
                line,
            )
        if isinstance(event, yaml.ScalarEvent):
            self._place(Scalar(event.value, line, plain=event.style in {None, ""}))
        elif isinstance(event, yaml.SequenceStartEvent):
            self._open(Sequence(line))
        elif isinstance(event, yaml.MappingStartEvent):
            self._open(Mapping(line))
        elif isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
            self.stack.pop()
            self.keys.pop()

    def _open(self, node: Sequence | Mapping) -> None:
        self._place(node)
        if len(self.stack) >= MAX_DEPTH:
            raise _Stop(f"nested more than {MAX_DEPTH} levels deep", node.line)
        self.stack.append(node)
        self.keys.append(None)

    def _place(self, node: Node) -> None:
        self.count += 1
        if self.count > MAX_NODES:
            raise _Stop(f"more than {MAX_NODES:,} values in one file", node.line)
        if not self.stack:
            if self.root is not None:
                raise _Stop("a second document begins here; one file holds one form", node.line)
            self.root = node
            return
        parent = self.stack[-1]
        if isinstance(parent, Sequence):
            parent.items.append(node)
            return
        key = self.keys[-1]
        if key is None:
            self._take_key(node)
            return
        self.keys[-1] = None
        if parent.get(key.text) is not None:
            message = f"'{key.text}' stands here twice; keep one of the two"
            self.issues.append(Issue(message, self.file, key.line, key.text))
            return
        parent.add(key, node)

    def _take_key(self, node: Node) -> None:
        if not isinstance(node, Scalar):
            raise _Stop("a key must be a single word", node.line)
        self.keys[-1] = node


def read_tree(text: str | bytes, file: str = "") -> tuple[Node | None, list[Issue]]:
    """Parse ``text``; return the tree (None when there is none) and what is wrong with it."""
    builder = _Builder(file)
    if len(text) > MAX_BYTES:
        return None, [Issue(f"larger than {MAX_BYTES:,} bytes", file)]
    try:
        source = text.decode("utf-8") if isinstance(text, bytes) else text
        for event in yaml.parse(source, Loader=yaml.CSafeLoader):
            builder.feed(event)
    except UnicodeError as error:
        return None, [Issue(f"not UTF-8 text: {error}", file)]
    except yaml.MarkedYAMLError as error:
        return None, [*builder.issues, _yaml_issue(error, file)]
    except yaml.YAMLError as error:
        return None, [*builder.issues, Issue(f"not readable as YAML: {error}", file)]
    except _Stop as stop:
        return None, [*builder.issues, Issue(stop.message, file, stop.line)]
    if builder.root is None:
        builder.issues.append(Issue("the file is empty", file, 1))
    return builder.root, builder.issues


def _yaml_issue(error: yaml.MarkedYAMLError, file: str) -> Issue:
    mark = error.problem_mark or error.context_mark
    what = ", ".join(part for part in (error.context, error.problem) if part)
    hint = ""
    if "mapping values are not allowed" in what or "expected <block end>" in what:
        hint = " (a ':' followed by a blank inside a sentence needs quotes around the sentence)"
    return Issue(f"not readable as YAML: {what}{hint}", file, mark.line + 1 if mark else 0)


def plain_value(node: Node, *, floats: bool = False) -> Any:
    """Turn a tree into JSON values: null, true, false and numbers only where typed bare.

    ``yes``, ``no``, dates, versions and codes stay text. Numbers with a point stay text too, so
    that ``1.80`` is not shortened; ``floats=True`` makes them numbers (for verbatim FHIR).
    """
    if isinstance(node, Mapping):
        return {key.text: plain_value(value, floats=floats) for key, value in node.entries}
    if isinstance(node, Sequence):
        return [plain_value(value, floats=floats) for value in node.items]
    return _plain_scalar(node, floats=floats)


_WORDS: dict[str, Any] = {"": None, "null": None, "~": None, "true": True, "false": False}
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,14})")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,14})\.[0-9]{1,15}")


def _plain_scalar(node: Scalar, *, floats: bool) -> Any:
    if not node.plain:
        return node.text
    if node.text in _WORDS:
        return _WORDS[node.text]
    if _INTEGER.fullmatch(node.text):
        return int(node.text)
    if floats and _DECIMAL.fullmatch(node.text):
        return float(node.text)
    return node.text

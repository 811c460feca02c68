"""Reads YAML that people write, strictly: unknown keys, wrong types and doubled keys become Issues.

Every fault carries file, line, key and the nearest known name; the reader goes on after a fault so
that one run shows all of them.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

import yaml

from portal.kernel.errors import Issue, nearest

Plain = str | int | float | bool | None

_SCALARS: dict[str, Callable[[str], Plain]] = {
    "tag:yaml.org,2002:bool": lambda text: text.lower() in {"true", "yes", "on"},
    "tag:yaml.org,2002:int": lambda text: int(text, 0) if text.startswith("0x") else int(text),
    "tag:yaml.org,2002:float": float,
    "tag:yaml.org,2002:null": lambda _text: None,
}


def _scalar(node: yaml.ScalarNode) -> Plain:
    """Turn a scalar into Python; dates stay text, because versions look like dates."""
    convert = _SCALARS.get(str(node.tag))
    text = str(node.value)
    if convert is None:
        return text
    try:
        return convert(text)
    except ValueError:
        return text


class Section:
    """One YAML mapping with typed, complaining getters. ``close`` reports the keys nobody asked for."""

    def __init__(
        self, node: yaml.Node | None, file: str, issues: list[Issue], path: str = ""
    ) -> None:
        self.file = file
        self.issues = issues
        self.path = path
        self.line = node.start_mark.line + 1 if node is not None and node.start_mark else 0
        self._values: dict[str, yaml.Node] = {}
        self._lines: dict[str, int] = {}
        self._asked: list[str] = []
        if isinstance(node, yaml.MappingNode):
            self._take(node)
        elif node is not None:
            self.complain("expected a mapping of names to values here")

    def _take(self, node: yaml.MappingNode) -> None:
        for key, value in node.value:
            name = str(key.value)
            line = key.start_mark.line + 1
            if name in self._values:
                self.complain("this key stands twice; keep one of them", key=name, line=line)
            self._values[name] = value
            self._lines[name] = line

    def complain(
        self, message: str, *, key: str = "", line: int = 0, known: Iterable[str] = ()
    ) -> None:
        """Add one Issue at ``key`` (dotted path) with the nearest of ``known`` names."""
        place = line or self._lines.get(key, self.line) if hasattr(self, "_lines") else line
        dotted = ".".join(part for part in (self.path, key) if part)
        near = nearest(key, known) if known else ""
        self.issues.append(Issue(message, file=self.file, line=place, key=dotted, nearest=near))

    def keys(self) -> list[str]:
        """Return the keys in file order."""
        return list(self._values)

    def line_of(self, key: str) -> int:
        """Return the line (from 1) on which ``key`` stands, or the section's own line."""
        return self._lines.get(key, self.line)

    def _node(self, key: str, *, required: bool) -> yaml.Node | None:
        self._asked.append(key)
        node = self._values.get(key)
        if node is None and required:
            self.complain(f"'{key}' is missing; every file of this kind needs it", key=key)
        return node

    def text(
        self, key: str, *, required: bool = False, default: str = "", choices: Iterable[str] = ()
    ) -> str:
        """Return a text; with ``choices``, complain about any other value and name the nearest."""
        node = self._node(key, required=required)
        if node is None:
            return default
        if not isinstance(node, yaml.ScalarNode):
            self.complain("expected a text here", key=key)
            return default
        value, allowed = str(node.value), list(choices)
        if allowed and value not in allowed:
            near = nearest(value, allowed)
            message = f"'{value}' is not one of {', '.join(allowed)}"
            dotted = ".".join(part for part in (self.path, key) if part)
            self.issues.append(
                Issue(message, file=self.file, line=self.line_of(key), key=dotted, nearest=near)
            )
            return default
        return value

    def flag(self, key: str, *, default: bool = False) -> bool:
        """Return true or false; anything else is an Issue."""
        value = self._plain(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.complain(f"expected true or false, found '{value}'", key=key)
            return default
        return value

    def number(self, key: str, *, default: int = 0) -> int:
        """Return a whole number that is not negative."""
        value = self._plain(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            self.complain(f"expected a whole number from 0, found '{value}'", key=key)
            return default
        return value

    def _plain(self, key: str) -> Plain:
        node = self._node(key, required=False)
        if node is None:
            return None
        if not isinstance(node, yaml.ScalarNode):
            self.complain("expected a single value here", key=key)
            return None
        return _scalar(node)

    def texts(self, key: str) -> list[str]:
        """Return a list of texts; a single text counts as a list of one."""
        node = self._node(key, required=False)
        if node is None:
            return []
        if isinstance(node, yaml.ScalarNode):
            return [str(node.value)]
        if isinstance(node, yaml.SequenceNode):
            inner = [item for item in node.value if isinstance(item, yaml.ScalarNode)]
            if len(inner) == len(node.value):
                return [str(item.value) for item in inner]
        self.complain("expected a list of texts, such as [en, fr]", key=key)
        return []

    def codes(self, key: str) -> list[str]:
        """Return a list of codes, each a text or a mapping with ``code`` (and ``display``)."""
        node = self._values.get(key)
        if not isinstance(node, yaml.SequenceNode):
            return self.texts(key)
        self._asked.append(key)
        out = []
        for item in node.value:
            if isinstance(item, yaml.ScalarNode):
                out.append(str(item.value))
            else:
                inner = Section(item, self.file, self.issues, key)
                out.append(inner.text("code", required=True))
                inner.text("display")
                inner.close()
        return out

    def table(self, key: str) -> dict[str, str]:
        """Return a mapping of text to text, such as ``{en: Seizure, fr: Convulsion}``."""
        inner = self.section(key)
        return {name: inner.text(name) for name in inner.keys()} if inner else {}

    def section(self, key: str) -> "Section | None":
        """Return the mapping below ``key``; None when the key is absent."""
        node = self._node(key, required=False)
        if node is None:
            return None
        path = ".".join(part for part in (self.path, key) if part)
        return Section(node, self.file, self.issues, path)

    def sections(self, key: str) -> list["Section"]:
        """Return the mappings in the list below ``key``; a single mapping counts as a list."""
        node = self._node(key, required=False)
        if node is None:
            return []
        path = ".".join(part for part in (self.path, key) if part)
        if not isinstance(node, yaml.SequenceNode):
            return [Section(node, self.file, self.issues, path)]
        return [
            Section(item, self.file, self.issues, f"{path}[{number}]")
            for number, item in enumerate(node.value)
        ]

    def close(self) -> None:
        """Complain about each key that no getter asked for."""
        for name in self._values:
            if name not in self._asked:
                self.complain(f"'{name}' is not a known key here", key=name, known=self._asked)


def read(path: Path, issues: list[Issue], shown: str = "") -> Section | None:
    """Read ``path`` as one YAML mapping; None (and an Issue) when it is not readable YAML.

    ``shown`` is the file name used in Issues; by default the path as given.
    """
    name = shown or str(path)
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except OSError as error:
        issues.append(Issue(f"the file cannot be read: {error.strerror}", file=name))
    except UnicodeDecodeError as error:
        issues.append(Issue(f"the file is not UTF-8 text (byte {error.start})", file=name))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        issues.append(Issue(f"not valid YAML: {error.problem}", file=name, line=line))
    else:
        if isinstance(node, yaml.MappingNode):
            return Section(node, name, issues)
        issues.append(Issue("the file is empty or not a mapping of names to values", file=name))
    return None

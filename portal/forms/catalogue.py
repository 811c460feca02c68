"""The forms that are there: names, versions, files; loading them compiled, once per content.

A form is a folder with ``form.yaml`` (its section files beside it, or in a subfolder) or a
single ``<name>.yaml``. Earlier, released versions lie in ``<name>/versions/<version>.yaml``.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from portal.forms.compile import check_form
from portal.forms.compiled import CompiledForm
from portal.forms.definition import (
    FormDefinition,
    Source,
    canonical_json,
    from_json,
    read_definition,
)
from portal.kernel import carried
from portal.kernel.errors import DefinitionError, Issue, NotFoundError, nearest

if TYPE_CHECKING:
    from portal.forms.overlays import Overlay

ROOT_VARIABLE = "PORTAL_FORM_DEFINITIONS"
OTHER_FILES = frozenset({"value_sets.yaml", "README.yaml"})


def default_root() -> Path:
    """Return the folder of form definitions: the variable, the checkout, or the wheel's copy."""
    named = os.environ.get(ROOT_VARIABLE)
    if named:
        return Path(named)
    return carried.folder("form_definitions")


@dataclass(frozen=True)
class FolderLibrary:
    """Finds includes: a path beside the including file, then a form by name; never outside."""

    root: Path

    def find(self, name: str, beside: str) -> tuple[str, str] | None:
        """Return (file, text) of a section file or form."""
        wanted, _, version = name.partition("@")
        base = Path(beside).parent
        candidates = [base / f"{wanted}.yaml", base / wanted, base / "sections" / f"{wanted}.yaml"]
        if version:
            candidates = [self.root / wanted / "versions" / f"{version}.yaml"]
        candidates += [self.root / wanted / "form.yaml", self.root / f"{wanted}.yaml"]
        for candidate in candidates:
            if candidate.is_file() and candidate.resolve().is_relative_to(self.root.resolve()):
                return str(candidate), candidate.read_text(encoding="utf-8")
        return None

    def names(self, beside: str) -> list[str]:
        """Return the names of files beside and of the forms of this catalogue."""
        base = Path(beside).parent
        near = [path.relative_to(base).with_suffix("") for path in base.rglob("*.yaml")]
        return [*(str(path) for path in near), *(path.name for path in self.root.iterdir())]


@dataclass(frozen=True)
class Entry:
    """One form of the catalogue; ``versions`` from old to new, the last being the current."""

    name: str
    file: Path
    versions: tuple[str, ...]


class Catalogue:
    """The forms below one folder."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = root or default_root()

    def names(self) -> list[str]:
        """Return the names of all forms, sorted."""
        if not self.root.is_dir():
            return []
        folders = {path.parent.name for path in self.root.glob("*/form.yaml")}
        files = {path.stem for path in self.root.glob("*.yaml") if path.name not in OTHER_FILES}
        return sorted(folders | files)

    def file_of(self, name: str, version: str = "") -> Path:
        """Return the file of a form; raises ``NotFoundError`` with the nearest name."""
        if name not in self.names():
            near = nearest(name, self.names())
            raise NotFoundError(
                f"There is no form named '{name}'.",
                hint=f"Did you mean '{near}'?" if near else f"Known: {', '.join(self.names())}",
            )
        folder = self.root / name
        if version:
            released = folder / "versions" / f"{version}.yaml"
            if released.is_file():
                return released
        current = folder / "form.yaml"
        return current if current.is_file() else self.root / f"{name}.yaml"

    def read(self, name: str, version: str = "") -> Source:
        """Read a form's source with all its faults; does not raise for a bad file."""
        file = self.file_of(name, version)
        source = read_definition(file.read_bytes(), str(file), FolderLibrary(self.root))
        if version and source.definition and source.definition.version != version:
            found = source.definition.version
            message = f"version {version} of '{name}' is not kept here; the file holds {found}"
            source.issues.append(Issue(message, str(file), key="version"))
        return source

    def entry(self, name: str) -> Entry:
        """Return where a form lies and which of its versions are kept."""
        file = self.file_of(name)
        released = {path.stem for path in (self.root / name / "versions").glob("*.yaml")}
        source = self.read(name)
        current = source.definition.version if source.definition else ""
        return Entry(name, file, tuple(sorted(released | ({current} - {""}), key=_version_key)))


def _version_key(version: str) -> tuple[int, ...]:
    numbers = version.partition("-")[0].split(".")
    return tuple(int(part) for part in numbers if part.isdigit())


def stamp(paths: Iterable[Path]) -> tuple[tuple[str, int, int], ...]:
    """Return what changes when one of the files changes: names, sizes and times."""
    found = []
    for path in paths:
        status = path.stat()
        found.append((str(path), status.st_size, status.st_mtime_ns))
    return tuple(sorted(found))


@lru_cache(maxsize=64)
def _read_cached(root: str, name: str, version: str, _stamp: object) -> Source:
    return Catalogue(Path(root)).read(name, version)


def load_source(name: str, version: str = "", root: Path | None = None) -> Source:
    """Return a form's source with its issues; read again only when one of its files changed."""
    catalogue = Catalogue(root)
    catalogue.file_of(name, version)
    return _read_cached(str(catalogue.root), name, version, stamp(catalogue.root.rglob("*.yaml")))


def load_definition(name: str, version: str = "", root: Path | None = None) -> FormDefinition:
    """Return a form's definition.

    Raises ``NotFoundError`` for an unknown name and ``DefinitionError`` for a bad file.
    """
    return load_source(name, version, root).required()


@lru_cache(maxsize=256)
def _compiled(json_text: str) -> CompiledForm:
    form, issues = check_form(from_json(json_text))
    if form is None:
        raise DefinitionError(issues)
    return form


def compiled_from_json(json_text: str) -> CompiledForm:
    """Return the compiled form of a stored definition (its canonical JSON), cached by content."""
    return _compiled(json_text)


def load_form(
    name: str, overlays: "Sequence[Overlay]" = (), *, version: str = "", root: Path | None = None
) -> CompiledForm:
    """Return a form compiled, with overlays applied; cached by content.

    Raises ``NotFoundError`` for an unknown name, ``DefinitionError`` for a bad form or overlay.
    """
    source = load_source(name, version, root)
    key = tuple(sorted(overlay.key for overlay in overlays))
    known = source.compiled.get(key)
    if isinstance(known, CompiledForm):
        return known
    form = _with_overlays(source, overlays) if overlays else _with_lines(source)
    source.compiled[key] = form
    return form


def _with_overlays(source: Source, overlays: "Sequence[Overlay]") -> CompiledForm:
    from portal.forms.overlays import assemble

    assembled = assemble(source.required(), overlays).required()
    return compiled_from_json(canonical_json(assembled))


def _with_lines(source: Source) -> CompiledForm:
    """Compile with the places of the file, so that faults name their lines."""
    form, issues = check_form(source.required(), source.places)
    if form is None:
        raise DefinitionError(issues)
    return form

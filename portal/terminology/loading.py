"""Loading a release: read, check, index, switch. A fault anywhere leaves the old release active."""

import hashlib
import re
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

from portal.kernel import clock
from portal.kernel.errors import Issue
from portal.terminology import checks
from portal.terminology.content import Content
from portal.terminology.errors import LoadError
from portal.terminology.index_build import SCHEMA_VERSION, build_index
from portal.terminology.inputs import InputFile, matches, open_inputs
from portal.terminology.loaders import Context, Loader, loader_class
from portal.terminology.packs import FileRole, Pack, PackNames, Starter
from portal.terminology.registry import ACTIVE, STAGED, Registry, Release

Progress = Callable[[str], None]


@dataclass
class LoadReport:
    """What a load did: the release, remarks of the checks, files read and files nobody wanted."""

    release: Release
    issues: list[Issue] = field(default_factory=list)
    read: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Terms:
    """How a load is to be done: under which licence acceptance, version name and loader."""

    accepted_by: str = ""
    loaded_by: str = ""
    version: str = ""
    loader: str = ""
    options: dict[str, str] = field(default_factory=dict)
    activate: bool = True


def quiet(_message: str) -> None:
    """Report progress to nobody."""


class Loading:
    """Loads releases of packs into one registry."""

    def __init__(self, registry: Registry, names: PackNames) -> None:
        self._registry = registry
        self._names = names

    def load(
        self, pack: Pack, paths: list[Path], terms: Terms, progress: Progress = quiet
    ) -> LoadReport:
        """Load ``paths`` as one release of ``pack``; raise LoadError with file, line and reason."""
        _check_licence(pack, terms)
        content, read, ignored = self.read(pack, paths, terms, progress)
        content.version = terms.version or content.version
        if not content.version:
            raise LoadError("the files name no version", hint="Say which it is with --as VERSION.")
        issues = self.check(content, pack)
        digest = _digest(paths)
        self._refuse_other(pack, content.version, digest)
        progress(f"index: {len(content.names):,} names of {len(content.concepts):,} concepts")
        release = self._write(content, pack, digest, terms)
        return LoadReport(release, issues, read, ignored)

    def check(self, content: Content, pack: Pack, *, sample: bool = False) -> list[Issue]:
        """Return the remarks of the checks; raise LoadError when one of them is an error."""
        issues = checks.check(content, pack, sample=sample)
        errors = [issue.message for issue in issues if issue.severity == "error"]
        if errors:
            raise LoadError("; ".join(errors), hint="The release that was active stays active.")
        return issues

    def read(
        self, pack: Pack, paths: list[Path], terms: Terms, progress: Progress = quiet
    ) -> tuple[Content, list[str], list[str]]:
        """Read all files into Content without checking; also the names read and ignored."""
        content, read, ignored = Content(), list[str](), list[str]()
        roles = pack.files
        if terms.loader:
            roles = (FileRole("all", ("*",), terms.loader, options=terms.options),)
        loaders: dict[str, Loader] = {}
        for file in open_inputs(paths):
            role = next((x for x in roles if matches(file.name, x.match)), None)
            if role is None:
                ignored.append(file.name)
                continue
            if role.role not in loaders:
                loaders[role.role] = self._loader(pack, role, terms)
                progress(f"read: {file.name} with the loader {role.loader}")
            content.collect(loaders[role.role].read(file), file.name)
            read.append(file.name)
        for loader in loaders.values():
            content.collect(loader.finish(), "")
        _check_roles(pack, roles, set(loaders), ignored)
        return content, read, ignored

    def _loader(self, pack: Pack, role: FileRole, terms: Terms) -> Loader:
        options = {**role.options, **terms.options}
        return loader_class(role.loader)(Context(pack, options, self._names.by_curie))

    def start(self, pack: Pack) -> Release | None:
        """Index the first starter that is at hand (a dependency's data, else the sample)."""
        for starter in pack.starters:
            content = self._starter(pack, starter)
            if content is not None:
                self.check(content, pack, sample=True)
                content.version = starter.version or content.version
                digest = hashlib.sha256(
                    repr((SCHEMA_VERSION, starter, _bytes(pack, starter))).encode()
                )
                terms = Terms(loaded_by="starter")
                return self._write(content, pack, digest.hexdigest(), terms, sample=True)
        return None

    def starter_digest(self, pack: Pack) -> str:
        """Return the digest that the starter's release carries; '' when the pack has none."""
        for starter in pack.starters:
            if starter.file or _installed(starter.package):
                data = repr((SCHEMA_VERSION, starter, _bytes(pack, starter)))
                return hashlib.sha256(data.encode()).hexdigest()
        return ""

    def _starter(self, pack: Pack, starter: Starter) -> Content | None:
        data = _bytes(pack, starter)
        if data is None:
            return None
        content = Content()
        role = next((x for x in pack.files if x.loader == starter.loader), None)
        options = role.options if role else {}
        loader = loader_class(starter.loader)(Context(pack, options, self._names.by_curie))
        name = starter.file or starter.package
        content.collect(loader.read(InputFile(name, BytesIO(data))), name)
        content.collect(loader.finish(), name)
        return content

    def _refuse_other(self, pack: Pack, version: str, digest: str) -> None:
        for known in self._registry.releases(pack.id):
            if known.version == version and known.digest != digest and not known.sample:
                raise LoadError(
                    f"version '{version}' of {pack.id} is already loaded from another file",
                    hint="Drop that release first, or name this one with --as VERSION.",
                )

    def _write(
        self, content: Content, pack: Pack, digest: str, terms: Terms, *, sample: bool = False
    ) -> Release:
        slug = re.sub(r"[^A-Za-z0-9.]+", "-", content.version)[-60:].strip("-")
        name = f"{pack.id}/{slug}-{digest[:8]}.sqlite"
        target = self._registry.folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(
            f"{target.name}.{hashlib.sha256(repr(clock.now()).encode()).hexdigest()[:8]}.partial"
        )
        partial.unlink(missing_ok=True)
        meta = {"pack": pack.id, "version": content.version, "schema": str(SCHEMA_VERSION)}
        try:
            counts = build_index(content, pack, partial, meta)
            partial.replace(target)
        except (sqlite3.Error, OSError) as error:
            raise LoadError(
                f"the index cannot be written: {error}", hint="Is there room on the disk?"
            ) from error
        finally:
            partial.unlink(missing_ok=True)
        now = clock.now().isoformat(timespec="seconds")
        release = Release(
            pack=pack.id, version=content.version, status=ACTIVE if terms.activate else STAGED,
            file=name, digest=digest, sample=sample, title=content.title, loaded_at=now,
            loaded_by=terms.loaded_by, accepted_by=terms.accepted_by,
            accepted_at=now if terms.accepted_by else "", counts=counts,
        )  # fmt: skip
        self._registry.put(release)
        return release


def _installed(package: str) -> bool:
    try:
        return bool(package) and files(package).is_dir()
    except ModuleNotFoundError:
        return False


def _bytes(pack: Pack, starter: Starter) -> bytes | None:
    """Return a starter's bytes; b'' for a loader that asks its package itself; None if absent."""
    if not starter.package:
        return (pack.folder / starter.file).read_bytes()
    if not _installed(starter.package):
        return None
    if not starter.file:
        return b""
    resource: Any = files(starter.package).joinpath(starter.file)
    return bytes(resource.read_bytes()) if resource.is_file() else None


def _check_licence(pack: Pack, terms: Terms) -> None:
    if pack.licence.accept and not terms.accepted_by.strip():
        raise LoadError(
            f"{pack.name()} may only be loaded under its licence: {pack.licence.name}"
            + (f" ({pack.licence.url})" if pack.licence.url else ""),
            hint="When your organisation holds it, add --accept-licence 'NAME OF WHO ACCEPTS'.",
        )


def _check_roles(
    pack: Pack, roles: tuple[FileRole, ...], seen: set[str], ignored: list[str]
) -> None:
    for role in roles:
        if not role.optional and role.role not in seen:
            expected = " or ".join(role.match)
            found = f"; found only {', '.join(ignored[:5])}" if ignored else ""
            raise LoadError(f"{pack.id} needs a file named like {expected}{found}")
    if not seen:
        expected = ", ".join(pattern for role in roles for pattern in role.match)
        raise LoadError(f"no file here is named like one of: {expected}")


def _digest(paths: list[Path]) -> str:
    total = hashlib.sha256()
    for path in paths:
        for part in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if part.is_file():
                with part.open("rb") as stream:
                    total.update(hashlib.file_digest(stream, "sha256").digest())
    return total.hexdigest()

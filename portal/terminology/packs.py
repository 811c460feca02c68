"""Pack manifests: which code systems exist, how to load them, what their licence allows.

A pack is a folder ``terminology_packs/<id>/`` with ``pack.yaml`` and a tiny sample. ``read_packs``
reads all of them strictly and raises one DefinitionError with every fault found.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from portal.kernel import carried, strictyaml
from portal.kernel.errors import DefinitionError, Issue
from portal.kernel.strictyaml import Section
from portal.terminology.errors import UnknownPackError

KINDS = ("enumerated", "grammar", "identifier")
VERSION_SCHEMES = ("date", "semver", "year", "snomed-uri", "text")
SHIPPING = ("yes", "whole-unaltered", "dependency", "codes-only", "subset", "no")
GRAMMARS = ("ucum", "hgvs", "bcp47")
_ID = re.compile(r"^[a-z][a-z0-9]{1,30}$")


@dataclass(frozen=True)
class Licence:
    """What the publisher allows. ``accept`` means: loading asks for the name of who accepts."""

    name: str
    url: str = ""
    ship: str = "no"
    notice: str = ""
    show_version: bool = False
    accept: bool = False


@dataclass(frozen=True)
class FileRole:
    """One kind of file of a release: its name pattern and the loader that reads it."""

    role: str
    match: tuple[str, ...]
    loader: str
    optional: bool = False
    options: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Starter:
    """Content that works without a download: a dependency's data, or the pack's own sample."""

    file: str = ""
    loader: str = "csv"
    version: str = ""
    package: str = ""


@dataclass(frozen=True)
class Checks:
    """What a whole release must satisfy before it may become active."""

    min_concepts: int = 1
    sample: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Pack:
    """One code system as its manifest describes it."""

    id: str
    kind: str
    canonical: str
    title: dict[str, str]
    licence: Licence
    folder: Path
    aliases: tuple[str, ...] = ()
    oid: str = ""
    publisher: str = ""
    obtain: str = ""
    version_scheme: str = "text"
    languages: tuple[str, ...] = ()
    files: tuple[FileRole, ...] = ()
    code_pattern: str = ""
    code_prefix: str = ""
    code_spellings: tuple[str, ...] = ()
    code_width: int = 0
    case_sensitive: bool = True
    display_code: str = "{code}"
    grammar: str = ""
    hierarchy: str = ""
    roots: tuple[str, ...] = ()
    selectable_roots: tuple[str, ...] = ()
    tags: dict[str, tuple[str, ...]] = field(default_factory=dict)
    popularity: str = "none"
    min_letters: int = 3
    starters: tuple[Starter, ...] = ()
    checks: Checks = Checks()

    def name(self, language: str = "en") -> str:
        """Return the title in ``language``, in English, or the id."""
        return self.title.get(language) or self.title.get("en") or self.id

    def shown(self, code: str) -> str:
        """Return the code as people write it, e.g. ``ORPHA:558`` for the code ``558``."""
        return self.display_code.replace("{code}", code)


def packs_folder() -> Path:
    """Return the folder of the packs: beside ``portal`` in a checkout and in an installed wheel."""
    return carried.folder("terminology_packs")


def read_packs(folder: Path | None = None) -> dict[str, Pack]:
    """Read every ``<id>/pack.yaml`` below ``folder``; raise DefinitionError with all faults."""
    root = folder or packs_folder()
    issues: list[Issue] = []
    packs: dict[str, Pack] = {}
    files = sorted(root.glob("*/pack.yaml"))
    if not files:
        issues.append(Issue("no pack.yaml was found in any sub-folder", file=str(root)))
    for path in files:
        pack = read_pack(path, issues, shown=f"{root.name}/{path.parent.name}/pack.yaml")
        if pack is not None:
            packs[pack.id] = pack
    _check_unique(packs.values(), issues)
    if any(issue.severity == "error" for issue in issues):
        raise DefinitionError(issues)
    return packs


def read_pack(path: Path, issues: list[Issue], shown: str = "") -> Pack | None:
    """Read one manifest, adding each fault to ``issues``; None when it is not a mapping."""
    top = strictyaml.read(path, issues, shown)
    if top is None:
        return None
    pack = _pack(top, path.parent)
    top.close()
    if pack.id and pack.id != path.parent.name:
        top.complain(
            f"the id '{pack.id}' must equal the folder name '{path.parent.name}'", key="id"
        )
    _check_pack(top, pack)
    return pack


def _pack(top: Section, folder: Path) -> Pack:
    hierarchy, search = top.section("hierarchy"), top.section("search")
    loader = top.text("loader")
    pack = Pack(
        id=top.text("id", required=True),
        kind=top.text("kind", required=True, choices=KINDS),
        canonical=top.text("canonical", required=True),
        title=top.table("title"),
        licence=_licence(top),
        folder=folder,
        aliases=tuple(top.texts("aliases")),
        oid=top.text("oid"),
        publisher=top.text("publisher", required=True),
        obtain=top.text("obtain", required=True),
        version_scheme=top.text("version_scheme", default="text", choices=VERSION_SCHEMES),
        languages=tuple(top.texts("languages")),
        files=tuple(_file_role(part, loader) for part in top.sections("files")),
        code_pattern=top.text("code_pattern"),
        code_prefix=top.text("code_prefix"),
        code_spellings=tuple(top.texts("code_spellings")),
        code_width=top.number("code_width"),
        case_sensitive=top.flag("case_sensitive", default=True),
        display_code=top.text("display_code", default="{code}"),
        grammar=top.text("grammar", choices=GRAMMARS),
        hierarchy=hierarchy.text("kind", choices=("is-a", "part-of")) if hierarchy else "",
        roots=tuple(hierarchy.texts("roots")) if hierarchy else (),
        selectable_roots=tuple(hierarchy.texts("selectable_roots")) if hierarchy else (),
        tags=_tags(hierarchy),
        popularity=search.text("popularity", default="none") if search else "none",
        min_letters=search.number("min_letters", default=3) if search else 3,
        starters=tuple(_starter(part) for part in top.sections("starters")),
        checks=_checks(top),
    )
    for part in (hierarchy, search):
        if part:
            part.close()
    return pack


def _tags(hierarchy: Section | None) -> dict[str, tuple[str, ...]]:
    """Return root code → kinds of concept below it, for releases that carry no hierarchy."""
    table = hierarchy.table("tags") if hierarchy else {}
    return {code: tuple(kinds.split("|")) for code, kinds in table.items()}


def _licence(top: Section) -> Licence:
    part = top.section("licence")
    if part is None:
        top.complain("'licence' is missing: say what the publisher allows", key="licence")
        return Licence("")
    licence = Licence(
        name=part.text("name", required=True),
        url=part.text("url"),
        ship=part.text("ship", required=True, choices=SHIPPING),
        notice=part.text("notice"),
        show_version=part.flag("show_version"),
        accept=part.flag("accept"),
    )
    part.close()
    return licence


def _file_role(part: Section, loader: str) -> FileRole:
    role = FileRole(
        role=part.text("role", required=True),
        match=tuple(part.texts("match")),
        loader=part.text("loader", default=loader),
        optional=part.flag("optional"),
        options=part.table("options"),
    )
    if not role.loader:
        part.complain("no loader reads this file; name one here or at the top", key="loader")
    if not role.match:
        part.complain("'match' is missing: a file name pattern such as hp*.obo", key="match")
    part.close()
    return role


def _starter(part: Section) -> Starter:
    starter = Starter(
        file=part.text("file"),
        loader=part.text("loader", default="csv"),
        version=part.text("version"),
        package=part.text("package"),
    )
    part.close()
    return starter


def _checks(top: Section) -> Checks:
    part = top.section("checks")
    if part is None:
        return Checks()
    checks = Checks(part.number("min_concepts", default=1), part.table("sample"))
    part.close()
    return checks


def _check_pack(top: Section, pack: Pack) -> None:
    if pack.id and not _ID.match(pack.id):
        top.complain("an id is 2 to 31 lower-case letters and digits, a letter first", key="id")
    if "en" not in pack.title:
        top.complain("the title needs at least English: {en: …}", key="title")
    if pack.kind == "grammar" and not pack.grammar:
        top.complain(f"a grammar pack names one of {', '.join(GRAMMARS)}", key="grammar")
    try:
        re.compile(pack.code_pattern)
    except re.error as error:
        top.complain(f"not a regular expression: {error}", key="code_pattern")
    for starter in pack.starters:
        if starter.file and not starter.package and not (pack.folder / starter.file).is_file():
            top.complain(f"the file '{starter.file}' is not in the pack's folder", key="starters")


def _check_unique(packs: Iterable[Pack], issues: list[Issue]) -> None:
    owner: dict[str, str] = {}
    for pack in packs:
        for name in {pack.canonical, *pack.aliases, pack.oid} - {""}:
            other = owner.setdefault(name, pack.id)
            if other != pack.id:
                issues.append(
                    Issue(
                        f"'{name}' already belongs to the pack '{other}'",
                        file=f"{pack.folder.name}/pack.yaml",
                        key="canonical",
                    )
                )


class PackNames:
    """Finds a pack by id, canonical URI (any scheme, trailing slash or not), alias or OID."""

    def __init__(self, packs: dict[str, Pack]) -> None:
        self._packs = packs
        self._names: dict[str, str] = {}
        self._curies: dict[str, str] = {}
        for pack in packs.values():
            oid = (pack.oid, f"urn:oid:{pack.oid}") if pack.oid else ()
            for name in (pack.id, pack.canonical, *pack.aliases, *oid):
                self._names.setdefault(name.rstrip("/").lower(), pack.id)
            for prefix in (pack.id, *pack.code_spellings):
                self._curies.setdefault(prefix.lower().rstrip(":_"), pack.id)

    def get(self, name: str) -> Pack:
        """Return the pack or raise UnknownPackError with the nearest id."""
        found = self.find(name)
        if found is None:
            raise UnknownPackError(name, self._packs)
        return found

    def find(self, name: str) -> Pack | None:
        """Return the pack of this id, URI, alias or OID, or None."""
        known = self._names.get(name.rstrip("/").lower())
        return self._packs[known] if known else None

    def ids(self) -> list[str]:
        """Return the ids of all packs."""
        return sorted(self._packs)

    def by_curie(self, prefix: str) -> str:
        """Return the pack id of a CURIE prefix such as ``Orphanet`` or ``HP``; '' if unknown."""
        return self._curies.get(prefix.lower(), "")

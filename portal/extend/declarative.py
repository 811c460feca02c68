"""A plugin that is mostly data: YAML files beside ``plugin.py`` become hook implementations.

::

    ern_nmd/
      plugin.py              plugin = NetworkPlugin(__file__)
      network.yaml           code, names, thematic areas, expert groups, settings
      forms/<form>.yaml      overlays on forms
      workflows/<name>.yaml  overlays on workflows
      consent/<purpose>.<language>.txt   consent texts; the first line is the version
"""

import re
from functools import cached_property
from pathlib import Path

from portal.extend.marks import hookimpl
from portal.extend.specs import AreaSpec, ConsentTemplateSpec, GroupSpec, NetworkSpec, OverlaySpec
from portal.kernel.errors import DefinitionError, Issue
from portal.kernel.strictyaml import Section, read

_CODE = re.compile(r"^[a-z][a-z0-9_]{1,39}$")
PURPOSES = ("care", "registry", "research")
SETTINGS = {
    "experts_invite_across": False,
    "guests_sign": False,
    "guests_download": False,
    "coordinator_moves": False,
    "coordinator_downloads": False,
    "quorum": 2,
    "signing_days": 14,
}


class NetworkPlugin:
    """A European Reference Network, described in the files beside ``plugin.py``."""

    def __init__(self, plugin_file: str) -> None:
        self.folder = Path(plugin_file).resolve().parent
        self.network  # noqa: B018 - read now, so that a fault stops the start with its place

    @cached_property
    def network(self) -> NetworkSpec:
        """The network as ``network.yaml`` describes it."""
        path = self.folder / "network.yaml"
        shown = f"{self.folder.name}/network.yaml"
        issues: list[Issue] = []
        top = read(path, issues, shown)
        spec = _network(top, issues) if top else None
        if issues or spec is None:
            raise DefinitionError(issues)
        return spec

    @hookimpl
    def register_networks(self) -> list[NetworkSpec]:
        """Return the one network of this plugin."""
        return [self.network]

    @hookimpl
    def register_form_overlays(self) -> list[OverlaySpec]:
        """Return an overlay for each file in ``forms/``."""
        return self._overlays("forms")

    @hookimpl
    def register_workflow_overlays(self) -> list[OverlaySpec]:
        """Return an overlay for each file in ``workflows/``."""
        return self._overlays("workflows")

    @hookimpl
    def register_consent_templates(self) -> list[ConsentTemplateSpec]:
        """Return a consent text for each ``consent/<purpose>.<language>.txt``."""
        return [self._consent(path) for path in sorted((self.folder / "consent").glob("*.txt"))]

    def _overlays(self, folder: str) -> list[OverlaySpec]:
        return [
            OverlaySpec(self.network.code, path.stem, path)
            for path in sorted((self.folder / folder).glob("*.yaml"))
        ]

    def _consent(self, path: Path) -> ConsentTemplateSpec:
        purpose, _, language = path.stem.partition(".")
        if purpose not in PURPOSES or not re.fullmatch(r"[a-z]{2}", language):
            shown = f"{self.folder.name}/consent/{path.name}"
            raise DefinitionError(
                [
                    Issue(
                        f"expected <purpose>.<language>.txt with a purpose of {', '.join(PURPOSES)}",
                        file=shown,
                    )
                ]
            )
        version, _, text = path.read_text(encoding="utf-8").partition("\n")
        return ConsentTemplateSpec(
            self.network.code, purpose, language, version.strip(), text.strip()
        )


def _network(top: Section, issues: list[Issue]) -> NetworkSpec:
    code = top.text("network", required=True)
    if code and not _CODE.match(code):
        top.complain(
            "a code is 2 to 40 small letters, digits or _, beginning with a letter", key="network"
        )
    areas = tuple(AreaSpec(c, label) for c, label in top.table("areas").items())
    if not areas:
        top.complain("a network needs at least one thematic area", key="areas")
    for area in areas:
        if not _CODE.match(area.code):
            top.complain(f"'{area.code}' is not a code of small letters, digits or _", key="areas")
    groups = tuple(_group(section, {a.code for a in areas}) for section in top.sections("groups"))
    spec = NetworkSpec(
        code=code,
        short_name=top.text("short_name", required=True),
        title=top.text("title", required=True),
        areas=areas,
        groups=groups,
        settings=_settings(top.section("settings")),
    )
    top.text("facts")  # where the names and areas were read; for people, not for the portal
    top.close()
    del issues
    return spec


def _group(section: Section, areas: set[str]) -> GroupSpec:
    group = GroupSpec(
        name=section.text("name", required=True),
        area=section.text("area", choices=sorted(areas)),
        schedule=section.text("schedule"),
    )
    section.close()
    return group


def _settings(section: Section | None) -> dict[str, bool | int]:
    if section is None:
        return {}
    found: dict[str, bool | int] = {}
    for name in section.keys():
        default = SETTINGS.get(name)
        if isinstance(default, bool):
            found[name] = section.flag(name, default=default)
        elif default is not None:
            found[name] = section.number(name, default=default)
    for name in section.keys():
        if name not in SETTINGS:
            section.complain(f"'{name}' is not a setting of a network", key=name, known=SETTINGS)
    return found

"""The workflows in force: the portal's own files, changed by the overlays of each network's plugin."""

from functools import lru_cache
from pathlib import Path

from portal.extend import manager
from portal.extend.specs import OverlaySpec
from portal.kernel.errors import DefinitionError, Issue, nearest
from portal.workflow import overlays
from portal.workflow.checks import check
from portal.workflow.model import Workflow
from portal.workflow.reading import read_workflow

FOLDER = Path(__file__).resolve().parent / "definitions"
DEFAULT = "consultation"
_overlays: dict[tuple[str, str], OverlaySpec] = {}


def load() -> None:
    """Read and check every workflow with every overlay; a fault stops the start and says where."""
    forget()
    for _, spec in manager.collect("register_workflow_overlays"):
        if spec.base not in names():
            raise DefinitionError(
                [
                    Issue(
                        "no such workflow",
                        file=spec.path.name,
                        key=spec.base,
                        nearest=nearest(spec.base, names()),
                    )
                ]
            )
        _overlays[spec.network, spec.base] = spec
    for name in names():
        base(name)
    for network, name in list(_overlays):
        workflow_for(network, name)


def forget() -> None:
    """Drop what was read, so that the next call reads the files again."""
    _overlays.clear()
    base.cache_clear()
    workflow_for.cache_clear()


def names() -> list[str]:
    """Return the names of the portal's own workflows."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


@lru_cache(maxsize=32)
def base(name: str = DEFAULT) -> Workflow:
    """Return a workflow as the portal brings it; raise :class:`DefinitionError` when it is faulty."""
    if name not in names():
        raise DefinitionError([Issue("no such workflow", key=name, nearest=nearest(name, names()))])
    workflow = read_workflow(FOLDER / f"{name}.yaml")
    issues = check(workflow)
    if issues:
        raise DefinitionError(issues)
    return workflow


@lru_cache(maxsize=256)
def workflow_for(network: str, name: str = DEFAULT) -> Workflow:
    """Return the workflow of the network with code ``network``: the base, with its overlay if any."""
    spec = _overlays.get((network, name))
    if spec is None:
        return base(name)
    shown = f"{spec.path.parent.parent.name}/{spec.path.parent.name}/{spec.path.name}"
    return overlays.apply(base(name), spec.path, shown)

"""The checklist that every plugin passes, in one import."""

import ast
import inspect
from pathlib import Path
from typing import Any

from portal.extend.hooks import ALL
from portal.kernel.errors import DefinitionError, nearest


def check_plugin(plugin: Any) -> list[str]:
    """Return what is wrong with ``plugin``, in words; an empty list when it keeps the contract."""
    faults = _unknown_hooks(plugin) + _forbidden_imports(plugin)
    try:
        faults += _registrations(plugin)
    except DefinitionError as error:
        faults += [str(issue) for issue in error.issues]
    return faults


def _hook_names() -> set[str]:
    return {
        name
        for module in ALL
        for name, value in vars(module).items()
        if hasattr(value, "portal_spec")
    }


def _unknown_hooks(plugin: Any) -> list[str]:
    known = _hook_names()
    marked = [n for n in dir(plugin) if hasattr(getattr(type(plugin), n, None), "portal_impl")]
    return [
        f"'{name}' is not a hook; nearest: '{nearest(name, known)}'"
        for name in marked
        if name not in known
    ]


def _forbidden_imports(plugin: Any) -> list[str]:
    folder = getattr(plugin, "folder", None) or Path(inspect.getfile(type(plugin))).parent
    faults = []
    for path in sorted(Path(folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                modules = [node.module]
            faults += [
                f"{path.name}: import '{m}' – a plugin imports portal.sdk and portal.testing only"
                for m in modules
                if m.split(".")[0] == "portal"
                and not m.startswith(("portal.sdk", "portal.testing"))
            ]
    return faults


def _registrations(plugin: Any) -> list[str]:
    faults = []
    for spec in plugin.register_networks() if hasattr(plugin, "register_networks") else []:
        if not spec.areas:
            faults.append(f"network '{spec.code}' has no thematic areas")
        if len({a.code for a in spec.areas}) != len(spec.areas):
            faults.append(f"network '{spec.code}' has two areas with the same code")
    for hook in ("register_form_overlays", "register_workflow_overlays"):
        overlays = getattr(plugin, hook)() if hasattr(plugin, hook) else []
        faults += [f"{hook}: {o.path.name} is not there" for o in overlays if not o.path.is_file()]
    return faults

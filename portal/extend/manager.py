"""Load plugins, verify them, and call their hooks with the isolation that each form promises.

Installed is not active: a plugin that brings a network contributes to that network only while the
network has it enabled; see :meth:`PluginManager.active_for`.
"""

import importlib
import importlib.metadata
import importlib.util
import logging
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pluggy

from portal.extend.marks import PROJECT, hookimpl, hookspec
from portal.kernel.errors import DefinitionError, Issue, nearest

__all__ = ["PluginManager", "hookimpl", "hookspec", "manager"]

_log = logging.getLogger(__name__)
GROUP = "portal.plugins"
CHECKOUT = Path(__file__).resolve().parents[2] / "plugins"


@dataclass(frozen=True)
class Loaded:
    """A loaded plugin: its name, where it came from, the networks it brings."""

    name: str
    origin: str
    description: str
    hooks: tuple[str, ...]
    networks: tuple[str, ...]


class PluginManager:
    """The hooks of the portal and everybody who implements them."""

    def __init__(self) -> None:
        from portal.extend.hooks import ALL

        self.pm = pluggy.PluginManager(PROJECT)
        for module in ALL:
            self.pm.add_hookspecs(module)
        self._networks: dict[str, tuple[str, ...]] = {}
        if os.environ.get("PORTAL_TRACE_PLUGINS") == "1":
            self.pm.trace.root.setwriter(lambda text: _log.info(text.rstrip()))
            self.pm.enable_tracing()

    @property
    def hook(self) -> Any:
        """The hook callers, as pluggy gives them."""
        return self.pm.hook

    def register(self, implementation: object, name: str) -> None:
        """Register a core feature or a test's plugin; registering a name again replaces it."""
        if self.pm.has_plugin(name):
            self.pm.unregister(name=name)
        self.pm.register(implementation, name=name)

    def load(self, wanted: str = "all") -> None:
        """Load installed plugins and those of the checkout: ``all``, ``none`` or names by comma."""
        if wanted == "none":
            return
        sources = dict(_installed()) | {
            n: s for n, s in _in_checkout() if n not in dict(_installed())
        }
        names = sorted(sources) if wanted == "all" else [n.strip() for n in wanted.split(",")]
        for name in names:
            if name not in sources:
                raise DefinitionError(
                    [
                        Issue(
                            "no such plugin",
                            file="PORTAL_PLUGINS",
                            key=name,
                            nearest=nearest(name, sources),
                        )
                    ]
                )
            if not self.pm.has_plugin(name):
                self.pm.register(_import(name, sources[name]), name=name)
        self._verify()
        self._networks = {
            name: tuple(spec.code for spec in plugin.register_networks())
            for name, plugin in self.pm.list_name_plugin()
            if plugin is not None and hasattr(plugin, "register_networks")
        }

    def _verify(self) -> None:
        known = [n for n in dir(self.pm.hook) if not n.startswith("_")]
        issues = [
            Issue(
                "no such hook",
                file=name,
                key=hook.name,
                nearest=nearest(hook.name, [k for k in known if k != hook.name]),
            )
            for name, plugin in self.pm.list_name_plugin()
            for hook in self.pm.get_hookcallers(plugin) or []
            if not hook.has_spec()
        ]
        if issues:
            raise DefinitionError(issues)
        self.pm.check_pending()

    def loaded(self) -> list[Loaded]:
        """Return what is loaded, for the status page and ``portal plugins``."""
        return [
            Loaded(
                name=name,
                origin=getattr(type(plugin), "__module__", str(plugin)),
                description=(type(plugin).__doc__ or getattr(plugin, "__doc__", "") or "")
                .strip()
                .split("\n")[0],
                hooks=tuple(sorted(h.name for h in self.pm.get_hookcallers(plugin) or [])),
                networks=self._networks.get(name, ()),
            )
            for name, plugin in sorted(self.pm.list_name_plugin())
            if plugin is not None
        ]

    def collect(self, hook_name: str, **arguments: Any) -> list[tuple[str, Any]]:
        """Call a ``register_*`` hook on each plugin; return (plugin name, item) pairs in name order.

        A fault stops the start with an error that names plugin and hook.
        """
        found: list[tuple[str, Any]] = []
        for implementation in sorted(
            getattr(self.hook, hook_name).get_hookimpls(), key=lambda i: i.plugin_name
        ):
            try:
                items = (
                    implementation.function(*[arguments[a] for a in implementation.argnames]) or []
                )
            except DefinitionError:
                raise
            except Exception as error:
                raise DefinitionError(
                    [
                        Issue(
                            f"{hook_name} failed: {error}",
                            file=implementation.plugin_name,
                            key=hook_name,
                        )
                    ]
                ) from error
            found += [(implementation.plugin_name, item) for item in items]
        return found

    def widgets(self, hook_name: str, **arguments: Any) -> list[Any]:
        """Call a page hook; a plugin that raises is logged and left out."""
        found: list[Any] = []
        for implementation in sorted(
            getattr(self.hook, hook_name).get_hookimpls(), key=lambda i: i.plugin_name
        ):
            try:
                found += (
                    implementation.function(*[arguments[a] for a in implementation.argnames]) or []
                )
            except Exception:
                _log.exception(
                    "page hook failed",
                    extra={"plugin": implementation.plugin_name, "hook": hook_name},
                )
        return found

    def vetoes(self, hook_name: str, **arguments: Any) -> list[str]:
        """Call a ``check_*`` hook; return the reasons against. Raising counts as a veto."""
        reasons: list[str] = []
        for implementation in getattr(self.hook, hook_name).get_hookimpls():
            try:
                reason = implementation.function(*[arguments[a] for a in implementation.argnames])
            except Exception:
                _log.exception(
                    "check hook failed",
                    extra={"plugin": implementation.plugin_name, "hook": hook_name},
                )
                reason = f"The check of '{implementation.plugin_name}' could not be carried out."
            if reason:
                reasons.append(reason)
        return reasons

    def notify(self, hook_name: str, **arguments: Any) -> list[str]:
        """Call an ``on_*`` hook, each plugin isolated; return the names of those that failed."""
        failed: list[str] = []
        for implementation in getattr(self.hook, hook_name).get_hookimpls():
            try:
                implementation.function(*[arguments[a] for a in implementation.argnames])
            except Exception:
                _log.exception(
                    "event hook failed",
                    extra={"plugin": implementation.plugin_name, "hook": hook_name},
                )
                failed.append(implementation.plugin_name)
        return failed

    def plugin_of(self, network_code: str) -> str:
        """Return the name of the plugin that brings a network, or an empty string."""
        return next((n for n, codes in self._networks.items() if network_code in codes), "")

    def active_for(
        self, network_code: str, pairs: Iterable[tuple[str, Any]], *, enabled: bool
    ) -> list[Any]:
        """Filter collected (plugin, item) pairs to those that may act in one network.

        A plugin without an own network acts everywhere; one with networks acts only in its own, and
        only while that network has it enabled.
        """
        return [
            item
            for plugin, item in pairs
            if not self._networks.get(plugin)
            or (enabled and network_code in self._networks[plugin])
        ]


def _installed() -> Iterator[tuple[str, str]]:
    for point in importlib.metadata.entry_points(group=GROUP):
        yield point.name, point.value


def _in_checkout() -> Iterator[tuple[str, str]]:
    if not CHECKOUT.is_dir():
        return
    for folder in sorted(CHECKOUT.iterdir()):
        if (folder / "plugin.py").is_file():
            yield folder.name, f"{folder.name}.plugin:plugin"


def _import(name: str, target: str) -> object:
    module_name, _, attribute = target.partition(":")
    if CHECKOUT.is_dir() and str(CHECKOUT) not in sys.path:
        sys.path.append(str(CHECKOUT))
    try:
        module = importlib.import_module(module_name)
        return getattr(module, attribute or "plugin")
    except DefinitionError:
        raise
    except Exception as error:
        raise DefinitionError(
            [Issue(f"cannot be loaded: {error}", file=target, key=name)]
        ) from error


manager = PluginManager()

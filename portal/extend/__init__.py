"""How plugins extend the portal: hook specifications by concern, the manager, typed collectors."""

from portal.extend.manager import PluginManager, hookimpl, hookspec, manager

__all__ = ["PluginManager", "hookimpl", "hookspec", "manager"]

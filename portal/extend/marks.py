"""The two marks of pluggy: specification and implementation."""

import pluggy

PROJECT = "portal"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)

"""Overlays: how a plugin changes a form without forking it, so that upgrades stay possible."""

from portal.forms.overlays.assembly import assemble
from portal.forms.overlays.model import Add, AddRules, Change, Hide, Move, Op, Overlay, Replace
from portal.forms.overlays.reader import OverlaySource, read_overlay
from portal.forms.overlays.upgrade import OverlayReport, upgrade_report

__all__ = [
    "Add",
    "AddRules",
    "Change",
    "Hide",
    "Move",
    "Op",
    "Overlay",
    "OverlayReport",
    "OverlaySource",
    "Replace",
    "assemble",
    "read_overlay",
    "upgrade_report",
]

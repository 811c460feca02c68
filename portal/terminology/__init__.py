"""Coding systems: packs, loaders, index, search, value sets, maps, and the terminology API.

``service.Terminology`` answers every question; ``wiring.terminology_of(app)`` is an application's.
"""

from typing import Any


def setup(app: Any, appbuilder: Any) -> None:
    """Register the room: the terminology of this installation and its JSON interface."""
    # Here, not above: the command line and the loaders need no web server to start.
    from portal.terminology.wiring import wire

    del appbuilder
    wire(app)

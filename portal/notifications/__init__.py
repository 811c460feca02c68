"""Messages to people: an outbox in the same commit, channels, notices in the page; never clinical text."""

from typing import Any

from flask import Flask

from portal.notifications.outbox import notify

__all__ = ["notify", "setup"]


def setup(app: Flask, appbuilder: Any) -> None:
    """Register the room's pages."""
    del app, appbuilder

"""Messages to people: an outbox in the same commit, channels, notices in the page; never clinical text."""

from typing import Any

from flask import Flask

from portal.notifications.outbox import notify
from portal.tasks.views import TasksView

__all__ = ["notify", "setup"]


def setup(app: Flask, appbuilder: Any) -> None:
    """Register the pages of what waits ("For me")."""
    del app
    appbuilder.add_view_no_menu(TasksView)

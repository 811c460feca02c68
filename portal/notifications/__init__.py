"""Messages to people: an outbox in the same commit, channels, notices in the page; never clinical text."""

from typing import Any

from flask import Flask

from portal.notifications.outbox import notify

__all__ = ["notify", "setup"]


def setup(app: Flask, appbuilder: Any) -> None:
    """Register "For me"; tasks have no set-up of their own, because the shell counts them on every page."""
    from portal.tasks.views import TasksView

    del app
    appbuilder.add_view_no_menu(TasksView)

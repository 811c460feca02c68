"""Messages to people: an outbox in the same commit, channels, notices in the page; never clinical text.

``notify`` writes; the worker delivers (``delivery``) through a channel (``channels``): at once to the
next actor, everything else in one digest at the person's hour.
"""

from typing import Any

from flask import Flask

from portal.notifications import catalogue, channels, delivery, hooks
from portal.notifications.mail import Office
from portal.notifications.outbox import notify
from portal.notifications.views import NoticesView
from portal.tasks.views import TasksView

__all__ = ["hooks", "notify", "register", "setup"]


def register() -> None:
    """Check that every kind of message has its templates."""
    catalogue.check()


def setup(app: Flask, appbuilder: Any) -> None:
    """Choose how mails leave; register the pages of notices and of what waits ("For me")."""
    settings = app.extensions["portal.settings"]
    office = Office(str(settings.base_url), str(settings.mail_from))
    delivery.configure(office, channels.make(str(settings.mail_channel), str(settings.smtp_url)))
    appbuilder.add_view_no_menu(NoticesView)
    appbuilder.add_view_no_menu(TasksView)

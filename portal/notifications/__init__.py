"""Messages to people: an outbox in the same commit, channels, notices in the page; never clinical text."""

from portal.notifications.outbox import notify

__all__ = ["notify"]

"""Background work: rows in the same commit as their cause, leased by workers, done once."""

from portal.jobs.queue import enqueue

__all__ = ["enqueue"]

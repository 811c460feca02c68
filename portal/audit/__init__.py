"""The audit record: who did what, in the same transaction as the deed, in hash chains."""

from portal.audit.record import denied, record

__all__ = ["denied", "record"]

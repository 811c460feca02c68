"""The way to the console in the side menu, for those who may enter."""

from portal.access import guard
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.audit import sealing
from portal.extend import hookimpl
from portal.extend.specs import JobSpec, MenuEntry


@hookimpl
def register_jobs() -> list[JobSpec]:
    """Seal the audit record once a day."""
    return [JobSpec("audit.seal", sealing.seal_job, every_seconds=sealing.EVERY_SECONDS)]


@hookimpl
def administration_menu(actor: Actor) -> list[MenuEntry]:
    """Support and operators find the console, auditors the record."""
    if guard.allows(actor, Permission.PLATFORM_SUPPORT, guard.PLATFORM):
        return [MenuEntry("Support console", "support.index", "support", group="Portal", order=200)]
    if guard.allows(actor, Permission.PLATFORM_AUDIT, guard.PLATFORM):
        return [
            MenuEntry(
                "Audit record", "support_record.index_view", "audit", group="Portal", order=200
            )
        ]
    return []

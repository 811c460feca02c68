"""What plugins may import from the portal: re-exports, and nothing else.

Everything here stays compatible within a major version; nothing outside of it does.
"""

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.extend.declarative import NetworkPlugin
from portal.extend.marks import hookimpl
from portal.extend.specs import (
    AreaSpec,
    CardSpec,
    ConsentTemplateSpec,
    Event,
    GroupSpec,
    JobSpec,
    MenuEntry,
    MessageSpec,
    NetworkSpec,
    OverlaySpec,
)
from portal.kernel.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    PortalError,
)

__all__ = [
    "Actor",
    "AreaSpec",
    "CardSpec",
    "ConflictError",
    "ConsentTemplateSpec",
    "Event",
    "ForbiddenError",
    "GroupSpec",
    "InvalidInputError",
    "JobSpec",
    "MenuEntry",
    "MessageSpec",
    "NetworkPlugin",
    "NetworkSpec",
    "NotFoundError",
    "OverlaySpec",
    "Permission",
    "PortalError",
    "hookimpl",
]

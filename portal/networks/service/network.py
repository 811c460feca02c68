"""Change a network: its names, whether its plugin acts, and what its members may do."""

from dataclasses import dataclass, field

from portal import audit
from portal.access import guard
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.extend.declarative import SETTINGS
from portal.kernel.errors import InvalidInputError, nearest
from portal.kernel.uow import writes
from portal.networks.models import Network

LIMITS = {"quorum": (1, 20), "signing_days": (1, 90)}


@dataclass(frozen=True)
class NetworkEdit:
    """What a coordinator may change; ``settings`` holds only those that are meant to change."""

    short_name: str
    title: str
    enabled: bool = True
    settings: dict[str, bool | int] = field(default_factory=dict)


@writes
def edit_network(actor: Actor, network_id: str, wanted: NetworkEdit) -> None:
    """Change names and settings of a network."""
    network = guard.access(actor, Network, network_id, Permission.NETWORK_CONFIGURE)
    problems = _problems(wanted)
    if problems:
        raise InvalidInputError("The network was not saved.", fields=problems)
    before = dict(network.settings)
    network.short_name, network.title = wanted.short_name.strip()[:60], wanted.title.strip()[:200]
    network.enabled = wanted.enabled
    network.settings = {**before, **wanted.settings}
    changed = {
        name: [before.get(name, SETTINGS[name]), value]
        for name, value in wanted.settings.items()
        if before.get(name, SETTINGS[name]) != value
    }
    audit.record(
        actor,
        "network.changed",
        f"network:{network.id}",
        detail={"enabled": wanted.enabled, "settings": changed},
    )


def _problems(wanted: NetworkEdit) -> dict[str, str]:
    problems = {}
    if not wanted.short_name.strip():
        problems["short_name"] = "Give the network a short name."
    if not wanted.title.strip():
        problems["title"] = "Give the network its official name."
    for name, value in wanted.settings.items():
        if name not in SETTINGS:
            problems[name] = f"There is no such setting; nearest: '{nearest(name, SETTINGS)}'."
        elif type(value) is not type(SETTINGS[name]):
            problems[name] = f"Expected {type(SETTINGS[name]).__name__}, found '{value}'."
        elif name in LIMITS and not LIMITS[name][0] <= value <= LIMITS[name][1]:
            low, high = LIMITS[name]
            problems[name] = f"A whole number from {low} to {high}."
    return problems

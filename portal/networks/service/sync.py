"""Networks, centres, memberships: writes."""

from sqlalchemy import select

from portal import audit
from portal.access import guard
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.extend import manager
from portal.extend.specs import NetworkSpec
from portal.kernel import db
from portal.kernel.uow import writes
from portal.networks.models import ExpertGroup, Network, ThematicArea


@writes
def sync_networks(actor: Actor) -> int:
    """Make the networks that plugins bring, with areas and groups; never undo a coordinator's edit."""
    guard.require(actor, Permission.PLATFORM_OPERATE, guard.PLATFORM)
    known = {n.code: n for n in db.session.scalars(select(Network))}
    places: dict[str, dict[str, int]] = {}
    for network_id, code, position in db.session.execute(
        select(ThematicArea.network_id, ThematicArea.code, ThematicArea.position)
    ):
        places.setdefault(network_id, {})[code] = position
    pairs = manager.collect("register_networks")
    for plugin, spec in pairs:
        network = known.get(spec.code)
        if network is None:
            network = _add(plugin, spec)
            audit.record(actor, "network.created", f"network:{network.id}")
        elif added := _add_new_areas(network.id, spec, places.get(network.id, {})):
            detail = {"areas": added}
            audit.record(actor, "network.areas-added", f"network:{network.id}", detail=detail)
        network.plugin = plugin
    return len(pairs)


def _add_new_areas(network_id: str, spec: NetworkSpec, have: dict[str, int]) -> list[str]:
    """Add areas that a newer plugin brings; renamed, moved and retired ones stay as they are."""
    last = max(have.values(), default=-1)
    new = [area for area in spec.areas if area.code not in have]
    db.session.add_all(
        ThematicArea(network_id=network_id, code=a.code, label=a.label, position=last + n)
        for n, a in enumerate(new, start=1)
    )
    return [area.code for area in new]


def _add(plugin: str, spec: NetworkSpec) -> Network:
    network = Network(
        code=spec.code,
        short_name=spec.short_name,
        title=spec.title,
        plugin=plugin,
        settings=dict(spec.settings),
    )
    db.session.add(network)
    db.session.flush()
    areas = {}
    for position, area in enumerate(spec.areas):
        row = ThematicArea(
            network_id=network.id, code=area.code, label=area.label, position=position
        )
        db.session.add(row)
        areas[area.code] = row
    db.session.flush()
    for group in spec.groups:
        area_id = areas[group.area].id if group.area else None
        db.session.add(
            ExpertGroup(
                network_id=network.id, name=group.name, area_id=area_id, schedule=group.schedule
            )
        )
    db.session.flush()
    return network

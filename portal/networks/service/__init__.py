"""Writes of networks: sync with plugins, memberships, centres, areas of interest."""

from portal.networks.service.areas import AreaEdit, add_area, edit_area, set_interests
from portal.networks.service.centres import (
    CentreSettings,
    NewCentre,
    create_centre,
    edit_centre,
    set_centre_settings,
)
from portal.networks.service.memberships import NewMembership, end, extend, grant
from portal.networks.service.sync import sync_networks

__all__ = [
    "AreaEdit",
    "CentreSettings",
    "NewCentre",
    "NewMembership",
    "add_area",
    "create_centre",
    "edit_area",
    "edit_centre",
    "end",
    "extend",
    "grant",
    "set_centre_settings",
    "set_interests",
    "sync_networks",
]

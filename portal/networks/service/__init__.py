"""Writes of networks: sync with plugins, memberships, centres, areas of interest."""

from portal.networks.service.areas import (
    AreaEdit,
    add_area,
    edit_area,
    remind_of_areas,
    set_interests,
)
from portal.networks.service.centres import (
    CentreSettings,
    NewCentre,
    create_centre,
    edit_centre,
    set_centre_settings,
)
from portal.networks.service.groups import (
    GroupEdit,
    add_group,
    add_to_group,
    edit_group,
    remove_from_group,
    remove_group,
)
from portal.networks.service.memberships import (
    NewMembership,
    authorise_enrolment,
    end,
    extend,
    grant,
    review,
)
from portal.networks.service.network import NetworkEdit, edit_network
from portal.networks.service.sync import sync_networks

__all__ = [
    "AreaEdit",
    "CentreSettings",
    "GroupEdit",
    "NetworkEdit",
    "NewCentre",
    "NewMembership",
    "add_area",
    "add_group",
    "add_to_group",
    "authorise_enrolment",
    "create_centre",
    "edit_area",
    "edit_centre",
    "edit_group",
    "edit_network",
    "end",
    "extend",
    "grant",
    "remind_of_areas",
    "remove_from_group",
    "remove_group",
    "review",
    "set_centre_settings",
    "set_interests",
    "sync_networks",
]

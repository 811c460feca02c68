"""The furnished test world for tests that walk through all pages."""

from collections.abc import Callable

import pytest
from flask import Flask

from portal.access.actor import Actor
from portal.testing.addresses import House, values_of
from portal.testing.desk import lay_out
from portal.testing.house import HOME, furnish
from portal.testing.world import World


@pytest.fixture
def house(app: Flask, world: World, actor_of: Callable[[str], Actor]) -> House:
    """A case with a running and a closed panel in the neuromuscular network, and its office."""
    room = furnish(world, actor_of, HOME)
    desk = lay_out(world, actor_of, HOME)
    return House(app, room, desk, values_of(world, room, desk))

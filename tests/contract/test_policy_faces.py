"""Both faces of every rule agree: what a person can list is what the policy allows one by one."""

from collections.abc import Callable
from typing import Any

import pytest
from flask_appbuilder import Model
from sqlalchemy import select

from portal.access import guard, policy
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.kernel import db
from portal.panels import service as panels
from portal.panels.commands import AskQuestion
from portal.testing.cases import enrol, open_case
from portal.testing.world import PERSONAS, World

KINDS = {guard.kind_of(p) for p in policy.RULES} - {"platform"}


@pytest.fixture
def filled(world: World, actor_of: Callable[[str], Actor]) -> World:
    """Two patients and two panels, one pair in each network, and a guest on the first."""
    case = open_case(world, actor_of)
    panels.invite(actor_of("coordinator"), case.panel_id, [world.people["guest"]], role="guest")
    panels.answer_invitation(actor_of("guest"), case.panel_id, accept=True)
    stranger = actor_of("stranger")
    other = enrol(stranger, world, centre="lyon", network="eye")
    panels.ask(
        stranger,
        AskQuestion(
            question="Which gene panel for this retina?",
            title="Retina",
            patient_id=other,
            area_id=world.areas["eye"],
        ),
    )
    return world


def _models() -> dict[str, Any]:
    return {
        mapper.class_.access_kind: mapper.class_
        for mapper in Model.registry.mappers
        if getattr(mapper.class_, "access_kind", "") in KINDS
    }


@pytest.mark.parametrize("persona", sorted(PERSONAS))
def test_lists_show_what_the_policy_allows_one_by_one(
    persona: str, filled: World, actor_of: Callable[[str], Actor]
) -> None:
    del filled
    actor = actor_of(persona)
    models = _models()
    assert set(models) == KINDS
    for permission in policy.RULES:
        model = models.get(guard.kind_of(permission))
        if model is None:
            continue
        listed = set(db.session.scalars(select(model.id).where(guard.visible(actor, permission))))
        allowed = {
            thing.id
            for thing in db.session.scalars(select(model))
            if guard.decide(actor, permission, thing).allowed
        }
        assert listed == allowed, permission


EXPECTED = {
    Permission.PATIENT_SEE: {"enroller", "assistant", "member", "lead", "guest"},
    Permission.PATIENT_SEE_IDENTITY: {"enroller", "assistant"},
    Permission.PATIENT_EDIT: {"enroller", "assistant"},
    Permission.PANEL_SEE: {"enroller", "assistant", "member", "lead", "guest"},
    Permission.PANEL_LIST: {
        "enroller",
        "assistant",
        "member",
        "lead",
        "guest",
        "expert",
        "coordinator",
        "dispatcher",
    },
    Permission.PANEL_INVITE: {"enroller", "assistant", "lead", "coordinator", "dispatcher"},
    Permission.PANEL_INVITE_ACROSS: {"coordinator"},
    Permission.PANEL_FORWARD: {"coordinator", "dispatcher"},
    Permission.PANEL_MOVE: {"lead"},
    Permission.PANEL_CONTRIBUTE: {"enroller", "assistant", "lead", "member", "guest"},
    Permission.PANEL_SIGN: {"enroller", "lead", "member"},
    Permission.PANEL_CANCEL: {"enroller", "coordinator"},
    Permission.PANEL_DOWNLOAD_OUTCOME: {"enroller", "assistant", "lead", "member"},
    Permission.NETWORK_DECIDE_ACCESS: {"coordinator", "support"},
    Permission.CENTRE_ENROL: {"enroller", "colleague", "assistant", "coordinator", "dispatcher"},
    Permission.PLATFORM_SUPPORT: {"support", "operator"},
    Permission.PLATFORM_AUDIT: {"auditor", "operator"},
}


@pytest.mark.parametrize("permission", list(EXPECTED), ids=str)
def test_the_permission_matrix_holds(
    permission: Permission, world: World, actor_of: Callable[[str], Actor]
) -> None:
    """The table of the product's permissions, for one case: everybody else is refused."""
    case = open_case(world, actor_of)
    panels.invite(actor_of("coordinator"), case.panel_id, [world.people["guest"]], role="guest")
    panels.answer_invitation(actor_of("guest"), case.panel_id, accept=True)
    identifiers = {
        "patient": case.patient_id,
        "panel": case.panel_id,
        "network": world.networks["nmd"],
        "centre": world.centres["utrecht"],
    }
    kind = guard.kind_of(permission)
    thing = (
        guard.PLATFORM if kind == "platform" else db.session.get(_models()[kind], identifiers[kind])
    )
    allowed = {
        persona
        for persona in PERSONAS
        if guard.decide(actor_of(persona), permission, thing).allowed
    }
    assert allowed == EXPECTED[permission]

"""``register_*``: called once at start, pure, return data. A fault stops the start and names the plugin."""

from typing import TYPE_CHECKING

from portal.extend.marks import hookspec

if TYPE_CHECKING:
    from portal.extend.specs import (
        ConsentTemplateSpec,
        JobSpec,
        MessageSpec,
        NetworkSpec,
        OverlaySpec,
    )


@hookspec
def register_networks() -> "list[NetworkSpec]":
    """Return the networks that the plugin brings, with thematic areas and expert groups."""


@hookspec
def register_form_overlays() -> "list[OverlaySpec]":
    """Return the overlays that change a form for a network that has the plugin enabled."""


@hookspec
def register_workflow_overlays() -> "list[OverlaySpec]":
    """Return the overlays that change a workflow for a network that has the plugin enabled."""


@hookspec
def register_consent_templates() -> "list[ConsentTemplateSpec]":
    """Return consent texts of a network, by purpose and language."""


@hookspec
def register_messages() -> "list[MessageSpec]":
    """Return kinds of messages with the folders of their templates; a later plugin overrides."""


@hookspec
def register_jobs() -> "list[JobSpec]":
    """Return kinds of background work, optionally with a schedule."""

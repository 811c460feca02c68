"""Which form a network fills in: the base with the overlays of its active plugins, compiled once.

Overlays are read again only when a file has changed. One that cannot be used is left out and
logged: a mistake in a plugin must not keep clinicians from their patients.
"""

import logging
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import select

from portal.extend import manager
from portal.extend.specs import OverlaySpec
from portal.forms.catalogue import Catalogue, compiled_from_json, load_form, stamp
from portal.forms.compiled import CompiledForm
from portal.forms.definition import canonical_json
from portal.forms.models import FormText, FormVersion
from portal.forms.overlays import Overlay, read_overlay
from portal.kernel import clock, db
from portal.kernel.errors import DefinitionError, NotFoundError

_log = logging.getLogger(__name__)
CONSULTATION = "consultation"
_MOST_KEPT = 200
_by_hash: dict[str, CompiledForm] = {}


@dataclass(frozen=True)
class NetworkForm:
    """What decides the form: network and whether its plugin is enabled."""

    code: str
    enabled: bool


def form_for(network: NetworkForm, name: str = CONSULTATION) -> CompiledForm:
    """Return the form that a network fills in now."""
    paths = overlay_paths(network, name)
    files = stamp([*paths, *Catalogue().root.rglob("*.yaml")])
    form = _assembled(name, tuple(str(path) for path in paths), files)
    remember(form)
    return form


def overlay_paths(network: NetworkForm, name: str) -> list[Path]:
    """Return the files of the overlays that act in the network, in name order of their plugins."""
    pairs: list[tuple[str, Any]] = manager.collect("register_form_overlays")
    active: list[OverlaySpec] = manager.active_for(network.code, pairs, enabled=network.enabled)
    return [o.path for o in active if o.base == name and o.network in {"", network.code}]


@lru_cache(maxsize=128)
def _assembled(name: str, paths: tuple[str, ...], _files: object) -> CompiledForm:
    overlays: list[Overlay] = []
    for path in paths:
        try:
            overlay = read_overlay(Path(path).read_bytes(), Path(path).name).required()
            load_form(name, [*overlays, overlay])
        except DefinitionError as error:
            _log.error("an overlay cannot be used", extra={"overlay": path, "issues": str(error)})
            continue
        overlays.append(overlay)
    return load_form(name, overlays)


def remember(form: CompiledForm) -> None:
    """Have the form at hand by its hash."""
    if len(_by_hash) >= _MOST_KEPT:
        _by_hash.clear()
    _by_hash[form.hash] = form


def form_by_hash(form_hash: str) -> CompiledForm:
    """Return the form that a response was given with; from memory, else from the tables."""
    form = _by_hash.get(form_hash)
    if form is not None:
        return form
    text = db.session.scalar(select(FormText.text).where(FormText.hash == form_hash))
    if text is not None:
        form = compiled_from_json(text)
        remember(form)
        return form
    row = db.session.scalar(select(FormVersion).where(FormVersion.hash == form_hash).limit(1))
    if row is None:
        raise NotFoundError("The version of the form that these answers belong to is missing.")
    return form_of_version(row)


def form_of_version(row: FormVersion) -> CompiledForm:
    """Return a released version as it was released."""
    form = _by_hash.get(row.hash)
    if form is None:
        form = compiled_from_json(canonical_json(row.definition))
        remember(form)
    return form


def keep(form: CompiledForm) -> None:
    """Store the form's text once, in the current unit of work, so that its hash can be followed."""
    if db.session.get(FormText, form.hash) is None:
        db.session.add(
            FormText(
                hash=form.hash,
                form=form.name,
                version=form.version,
                text=canonical_json(form.definition),
                kept_at=clock.now(),
            )
        )

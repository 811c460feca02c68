"""What is released, and what the next release would mean."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import select

from portal.access import guard
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.forms import overlay_source
from portal.forms.catalogue import load_form, load_source
from portal.forms.checks import run_checks
from portal.forms.compile import check_form
from portal.forms.compiled import CompiledForm
from portal.forms.diff import FormDiff, diff_forms
from portal.forms.models import FormVersion
from portal.forms.overlay_source import NetworkForm, form_of_version
from portal.forms.overlays import read_overlay
from portal.forms.publishing.report import Preview, PublishForm
from portal.forms.publishing.stored import FormOf, replay_stored
from portal.forms.replay import Replay
from portal.forms.semver import version
from portal.forms.versions import identity_faults
from portal.kernel import clock, db
from portal.kernel.errors import DefinitionError, NotFoundError, nearest
from portal.networks.models import Network


@dataclass(frozen=True)
class ReleasedVersion:
    """One released version; ``network`` is empty for the form that all share."""

    form: str
    network: str
    version: str
    hash: str
    published_at: datetime
    published_by: str


def versions(actor: Actor, form: str, network: str = "") -> list[ReleasedVersion]:
    """Return the released versions, newest first, for those who may release the next one."""
    require_publisher(actor, network)
    return [
        ReleasedVersion(r.form, r.network, r.version, r.hash, r.published_at, r.published_by)
        for r in released(form, network)
    ]


def released(form: str, network: str) -> list[FormVersion]:
    """Return the rows of a form's versions, newest first."""
    rows = db.session.scalars(
        select(FormVersion).where(FormVersion.form == form, FormVersion.network == network)
    ).all()
    return sorted(rows, key=lambda row: version(row.version), reverse=True)


def require_publisher(actor: Actor, network: str) -> NetworkForm | None:
    """Return what decides the form of ``network``; raise unless the actor may release forms there.

    Coordinators release their network's form, operators the one that all share.
    """
    if not network:
        guard.require(actor, Permission.PLATFORM_OPERATE, guard.PLATFORM)
        return None
    row = db.session.scalar(select(Network).where(Network.code == network))
    if row is None:
        near = nearest(network, db.session.scalars(select(Network.code)))
        raise NotFoundError(
            f"There is no network '{network}'.", hint=f"Did you mean '{near}'?" if near else ""
        )
    guard.require(actor, Permission.NETWORK_CONFIGURE, row)
    return NetworkForm(row.code, row.enabled)


def preview(actor: Actor, command: PublishForm) -> Preview:
    """Say what releasing the form as it lies in its files would mean.

    Raises ``DefinitionError`` with every fault when the files or an overlay cannot be used.
    """
    network = require_publisher(actor, command.network)
    new = assembled(command.form, network)
    past = released(command.form, command.network)
    if past and past[0].hash == new.hash:
        return Preview(
            command,
            new,
            past[0].version,
            FormDiff(()),
            (),
            Replay(0, 0, ()),
            (),
            (),
            unchanged=True,
        )
    checks = run_checks(new, clock.today())
    refusals = [f"check '{one.name}': {text}" for one in checks for text in one.failures]
    diff, outcome, before = FormDiff(()), Replay(0, 0, ()), ""
    if past:
        before = past[0].version
        old = form_of_version(past[0])
        diff = diff_forms(old.definition, new.definition, command.confirmed)
        faults = [issue.message for issue in identity_faults(old.definition, new.definition)]
        refusals = [*_number_faults(past, new, diff), *faults, *refusals]
        outcome = replay_stored(command.form, before, command.network, _future(command.form))
    warnings = (*_remarks(command.form, network), *_replayed(outcome))
    return Preview(command, new, before, diff, checks, outcome, tuple(refusals), warnings)


def assembled(name: str, network: NetworkForm | None) -> CompiledForm:
    """Return the form with all overlays of a network; one that cannot be used is an error here."""
    if network is None:
        return load_form(name)
    paths = overlay_source.overlay_paths(network, name)
    return load_form(name, [read_overlay(p.read_bytes(), p.name).required() for p in paths])


def _future(name: str) -> FormOf:
    """Return a function from a network to the form that it will have; each is put together once."""
    return cache(lambda network: overlay_source.form_for(network, name))


def _number_faults(past: list[FormVersion], new: CompiledForm, diff: FormDiff) -> Iterator[str]:
    same = next((row for row in past if row.version == new.version), None)
    if same is not None:
        yield (
            f"{new.version} is released with other content, and released versions never change. "
            f"Write a higher version, at least {diff.next_version(past[0].version)}."
        )
    elif version(new.version) <= version(past[0].version):
        yield f"{new.version} does not come after {past[0].version}, which is released."
    elif refusal := diff.refusal(past[0].version, new.version):
        yield refusal


def _remarks(name: str, network: NetworkForm | None) -> Iterator[str]:
    """Yield warnings of the file, and the networks whose overlays would no longer fit."""
    source = load_source(name)
    _, found = check_form(source.required(), source.places)
    yield from (str(one) for one in (*source.issues, *found) if one.severity == "warning")
    if network is not None:
        return
    for row in db.session.scalars(select(Network).order_by(Network.code)):
        try:
            assembled(name, NetworkForm(row.code, row.enabled))
        except DefinitionError as error:
            yield f"the overlays of network '{row.code}' do not fit: {error.issues[0]}"


def _replayed(outcome: Replay) -> Iterator[str]:
    for one in outcome.verdicts:
        yield f"{one.count} of {outcome.total} responses {one.sentence}"

"""Release a form."""

from portal import audit
from portal.access.actor import Actor
from portal.forms import overlay_source
from portal.forms.definition.canonical import plain
from portal.forms.models import FormVersion
from portal.forms.publishing.queries import preview, released, require_publisher
from portal.forms.publishing.report import Preview, PublishForm, PublishRefusedError
from portal.kernel import clock, db
from portal.kernel.errors import ConflictError
from portal.kernel.uow import writes


def publish(actor: Actor, command: PublishForm) -> Preview:
    """Release the form as it lies in its files and return what was said about it.

    The long part (replaying stored answers) reads only; the write itself is short. Raises
    ``PublishRefusedError``; releasing the same content again changes nothing.
    """
    seen = preview(actor, command)
    if seen.blocks:
        raise PublishRefusedError(seen)
    if not seen.unchanged:
        release(actor, seen)
    return seen


@writes
def release(actor: Actor, seen: Preview) -> str:
    """Store a previewed version and return its id; raise when another was released meanwhile."""
    require_publisher(actor, seen.command.network)
    if seen.blocks:
        raise PublishRefusedError(seen)
    # With overlays the assembled form has a name of its own; the row keeps the one of the catalogue.
    form, name, network = seen.form, seen.command.form, seen.command.network
    past = released(name, network)
    if (past[0].version if past else "") != seen.before:
        raise ConflictError(f"Somebody released {name} {past[0].version} meanwhile. Try again.")
    row = FormVersion(
        form=name,
        network=network,
        version=form.version,
        hash=form.hash,
        definition=plain(form.definition),
        published_at=clock.now(),
        published_by=actor.person_id[:60],
    )
    db.session.add(row)
    overlay_source.keep(form)
    db.session.flush()
    audit.record(
        actor,
        "form.published",
        f"form_version:{row.id}",
        stream=f"form:{name}:{network}"[:60],
        detail={
            "form": name,
            "network": network,
            "version": form.version,
            "before": seen.before,
            "hash": form.hash[:16],
            "answers": {"replayed": seen.replay.total, "valid": seen.replay.valid},
        },
    )
    return row.id

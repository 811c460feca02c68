"""Publishing a new version: how large the step is, what is forbidden, what happens to answers."""

from collections.abc import Iterable
from dataclasses import dataclass

from portal.forms.compiled import CompiledForm
from portal.forms.definition import FormDefinition, walk
from portal.forms.diff import FormDiff, diff_forms
from portal.forms.evaluate import Context
from portal.forms.replay import Replay, StoredResponse, replay
from portal.kernel.errors import Issue


@dataclass(frozen=True)
class PublishReport:
    """Everything the publish dialogue shows. ``refusals`` forbid publishing."""

    diff: FormDiff
    replay: Replay
    refusals: tuple[Issue, ...]

    @property
    def can_publish(self) -> bool:
        """Whether nothing forbids publishing."""
        return not self.refusals


def publish_report(
    old: CompiledForm,
    new: CompiledForm,
    responses: Iterable[StoredResponse],
    context: Context,
    confirmed: Iterable[str] = (),
) -> PublishReport:
    """Report what publishing ``new`` after ``old`` means.

    ``confirmed`` are rewordings (``item:keyword``) that mean the same. ``responses`` are the
    completed responses given with ``old``; they are replayed through ``new``.
    """
    diff = diff_forms(old.definition, new.definition, confirmed)
    refusals = identity_faults(old.definition, new.definition)
    refusal = diff.refusal(old.version, new.version)
    if refusal:
        refusals.insert(0, Issue(refusal, key="version"))
    return PublishReport(diff, replay(old, new, responses, context), tuple(refusals))


def identity_faults(old: FormDefinition, new: FormDefinition) -> list[Issue]:
    """Return violations of the rules for ids: tombstones stay, types stay, renames are said."""
    before = {item.id: item for item in walk(old.items)}
    after = {item.id: item for item in walk(new.items)}
    renamed = {past: item.id for item in after.values() for past in item.was}
    issues: list[Issue] = []
    for name, item in before.items():
        if name in after:
            if after[name].type != item.type and item.is_question:
                message = (
                    f"'{name}' was a {item.type} and is now a {after[name].type}: stored answers "
                    "would change their meaning. Give the new question an id of its own."
                )
                issues.append(Issue(message, key=name))
        elif name not in new.retired and name not in renamed and item.is_question:
            message = (
                f"'{name}' is gone. Leave a tombstone under 'retired:' "
                f"({name}: {{until: {old.version}, reason: …}}), or 'was: {name}' on its successor."
            )
            issues.append(Issue(message, key=name))
    issues += [
        Issue(f"the tombstone of '{name}' must stay under 'retired:'", key=name)
        for name in old.retired
        if name not in new.retired
    ]
    issues += [
        Issue(f"'{name}' says 'was: {past}', but '{past}' still exists", key=name)
        for past, name in renamed.items()
        if past in after
    ]
    return issues

"""What a new version of the base means for each overlay: a three-way report."""

from collections.abc import Sequence
from dataclasses import dataclass

from portal.forms.definition import FormDefinition, walk
from portal.forms.diff import Change, diff_forms
from portal.forms.expressions import ExpressionError, parse
from portal.forms.expressions.parser import names_in
from portal.forms.overlays.assembly import assemble
from portal.forms.overlays.model import Add, AddRules, Overlay, Replace
from portal.forms.semver import version_range
from portal.kernel.errors import Issue


@dataclass(frozen=True)
class OverlayReport:
    """What one overlay has to do with a new base.

    ``status``: ``unaffected`` (assemble unattended), ``review`` (the base changed what it leans
    on; ``changes`` say what), ``conflict`` (it cannot be applied; ``issues`` say why).
    """

    overlay: str
    status: str
    changes: tuple[Change, ...] = ()
    issues: tuple[Issue, ...] = ()


def upgrade_report(
    old: FormDefinition, new: FormDefinition, overlays: Sequence[Overlay]
) -> tuple[OverlayReport, ...]:
    """Report, overlay by overlay, what the step from the old to the new base means."""
    diff = diff_forms(old, new)
    reports = []
    for overlay in sorted(overlays, key=lambda one: one.rank):
        issues = tuple(assemble(new, [overlay]).issues)
        touched = overlay.touched() | mentioned(overlay, old)
        changes = diff.of(touched)
        reports.append(_report(overlay, new, issues, changes))
    return tuple(reports)


def _report(
    overlay: Overlay, new: FormDefinition, issues: tuple[Issue, ...], changes: tuple[Change, ...]
) -> OverlayReport:
    if issues:
        if new.version not in version_range(overlay.range):
            message = f"{overlay.name} must be released for {new.form} {new.version}"
            issues = (Issue(message, overlay.file), *issues)
        return OverlayReport(overlay.name, "conflict", changes, issues)
    return OverlayReport(overlay.name, "review" if changes else "unaffected", changes)


def mentioned(overlay: Overlay, base: FormDefinition) -> set[str]:
    """Return the base's ids that the overlay's expressions mention."""
    texts = [*overlay.let.values(), *overlay.due.values()]
    for op in overlay.ops:
        if isinstance(op, AddRules):
            texts += [rule.check for rule in op.rules]
        if isinstance(op, Add | Replace):
            for item in walk([op.item]):
                texts += [item.show_if, item.required_if, item.value, item.min, item.max]
                texts += [rule.check for rule in item.rules]
    known = {item.id for item in walk(base.items)}
    found: set[str] = set()
    for text in filter(None, texts):
        try:
            found |= set(names_in(parse(text))) & known
        except ExpressionError:
            continue
    return found

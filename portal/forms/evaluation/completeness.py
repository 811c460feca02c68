"""How complete the answers are, counting what matters: required items and those with a weight.

Hidden items do not count, calculated ones never do. A repeat with a weight counts once, its
required columns count once per row.
"""

from portal.forms.compiled import CompiledItem
from portal.forms.evaluation.frames import Run
from portal.forms.evaluation.late import attempt
from portal.forms.evaluation.results import Completeness, Missing, SectionLeft
from portal.forms.expressions import Frame


def measure(
    run: Run, root: Frame
) -> tuple[Completeness, dict[str, Completeness], tuple[SectionLeft, ...]]:
    """Return the completeness in all, per section, and what is left, section by section."""
    done = dict.fromkeys((section.id for section in run.form.sections), 0.0)
    total = dict(done)
    missing: dict[str, list[Missing]] = {}
    for item in run.form.weighted:
        for frame in run.scopes.get(item.scope, ()) if item.scope else (root,):
            if item.id not in frame.visible or not _counts(run, item, frame):
                continue
            total[item.section] += item.weight
            if _answered(item, frame):
                done[item.section] += item.weight
            else:
                missing.setdefault(item.section, []).append(
                    Missing(
                        item.id, frame.row, item.label(run.language), _required(run, item, frame)
                    )
                )
    sections = {name: Completeness(done[name], total[name]) for name in total}
    in_all = Completeness(sum(done.values()), sum(total.values()))
    left = tuple(
        SectionLeft(section.id, section.title(run.language, run.form.language), tuple(found))
        for section in run.form.sections
        if (found := missing.get(section.id))
    )
    return in_all, sections, left


def _counts(run: Run, item: CompiledItem, frame: Frame) -> bool:
    """Say whether it counts now: what may be required counts only while it is."""
    if item.item.weight or item.item.required or item.required_if is None:
        return True
    return attempt(run, None, item.required_if, frame) is True


def _required(run: Run, item: CompiledItem, frame: Frame) -> bool:
    if item.item.required:
        return True
    return item.required_if is not None and attempt(run, None, item.required_if, frame) is True


def _answered(item: CompiledItem, frame: Frame) -> bool:
    if item.is_repeat:
        return bool(frame.rows.get(item.id))
    return item.id in frame.values

"""Cross-field rules, once all values are known."""

from collections.abc import Mapping

from portal.forms.compiled import CompiledRule
from portal.forms.definition import in_language
from portal.forms.evaluation.frames import MAX_ISSUES, Run
from portal.forms.evaluation.late import attempt
from portal.forms.evaluation.results import AnswerIssue
from portal.forms.expressions import Frame


def check_rules(run: Run, root: Frame, reasons: Mapping[str, str]) -> None:
    """Check each rule in each row it speaks of. Unknown is not a violation."""
    for rule in run.form.rules:
        frames = run.scopes.get(rule.scope, ()) if rule.scope else (root,)
        for frame in frames:
            if len(run.issues) >= MAX_ISSUES or not _applies(run, rule, frame):
                continue
            if attempt(run, None, rule.check, frame) is False:
                run.issues.append(_violation(run, rule, frame, reasons))


def _applies(run: Run, rule: CompiledRule, frame: Frame) -> bool:
    """Say whether the rule speaks of something shown: rows may be hidden."""
    if not rule.scope:
        return True
    up = frame.up
    return up is not None and rule.scope[-1] in up.visible and run.frames.get(frame.row) is frame


def _violation(
    run: Run, rule: CompiledRule, frame: Frame, reasons: Mapping[str, str]
) -> AnswerIssue:
    item = run.form.items.get(rule.at)
    row = frame.row if item and item.scope == rule.scope else ""
    name = rule.rule.id
    text = in_language(rule.rule.message, run.language, run.form.language)
    return AnswerIssue(
        item=rule.at,
        code="rule",
        row=row,
        severity=rule.rule.severity,
        section=item.section if item else "",
        params={"message": text},
        rule=name,
        reason=reasons.get(f"{name}@{frame.row}" if frame.row else name, ""),
        order=item.order if item else 0,
    )

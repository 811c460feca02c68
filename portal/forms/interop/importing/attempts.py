"""Builds an imported form again and again, without the keywords that the engine refused."""

from collections.abc import Callable, Iterator

from portal.forms.compile import check_form
from portal.forms.definition import FormDefinition, walk
from portal.forms.interop.importing.report import Report
from portal.kernel.errors import DefinitionError, Issue

MAX_ROUNDS = 60
Denied = frozenset[tuple[str, str]]
"""(id, keyword) pairs; an empty keyword means every expression of the item."""


def until_accepted(
    build: Callable[[Report, Denied], FormDefinition], format_name: str
) -> tuple[FormDefinition, Report]:
    """Return a form that compiles, and its report; raises ``DefinitionError`` when none does."""
    denied: Denied = frozenset()
    errors: list[Issue] = []
    for _ in range(MAX_ROUNDS):
        report = Report(format_name)
        definition = build(report, denied)
        form, issues = check_form(definition)
        errors = [issue for issue in issues if issue.severity == "error"]
        if form is not None and not errors:
            for owner, keyword in sorted(denied):
                report.keep(owner, keyword or "every condition", "the engine refuses it")
            return definition, report
        more = denied | {_refused(issue, definition) for issue in errors}
        if more == denied:
            break
        denied = more
    raise DefinitionError(errors)


def _refused(issue: Issue, definition: FormDefinition) -> tuple[str, str]:
    """Return owner and keyword of an issue (``owner.keyword``, where owners hold dots)."""
    owner, _, keyword = issue.key.rpartition(".")
    return (owner, keyword) if owner in set(_owners(definition)) else (issue.key, "")


def _owners(definition: FormDefinition) -> Iterator[str]:
    for item in walk(definition.items):
        yield item.id
        yield from (rule.id for rule in item.rules)
    yield from (rule.id for rule in definition.rules)
    yield from (f"let:{name}" for name in definition.let)

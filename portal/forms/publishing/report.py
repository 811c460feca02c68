"""What a release means, in sentences that a coordinator reads before deciding."""

from collections.abc import Iterator
from dataclasses import dataclass

from portal.forms.checks import CheckResult
from portal.forms.compiled import CompiledForm
from portal.forms.diff import FormDiff
from portal.forms.replay import Replay
from portal.kernel.errors import InvalidInputError


@dataclass(frozen=True)
class PublishForm:
    """What to release: a form of the catalogue, for all (``network`` empty) or as a network has it.

    ``confirmed`` are rewordings (``item:keyword``) that mean the same; ``accept_warnings`` says that
    the warnings have been read.
    """

    form: str
    network: str = ""
    confirmed: tuple[str, ...] = ()
    accept_warnings: bool = False


@dataclass(frozen=True)
class Preview:
    """Everything there is to know before a release. ``before`` is the version now in force, or empty.

    ``refusals`` forbid the release, ``warnings`` must be accepted; ``unchanged`` means that exactly
    this content is released already.
    """

    command: PublishForm
    form: CompiledForm
    before: str
    diff: FormDiff
    checks: tuple[CheckResult, ...]
    replay: Replay
    refusals: tuple[str, ...]
    warnings: tuple[str, ...]
    unchanged: bool = False

    @property
    def blocks(self) -> tuple[str, ...]:
        """What stands in the way as things are: refusals, then warnings that nobody has accepted."""
        return self.refusals + (() if self.command.accept_warnings else self.warnings)

    def lines(self) -> Iterator[str]:
        """Yield the report line by line."""
        where = f"network {self.command.network}" if self.command.network else "all networks"
        yield f"{self.form.name} {self.form.version} for {where}"
        yield f"before: {self.before or 'nothing was released yet'}"
        if self.unchanged:
            yield "this content is released already; nothing to do"
            return
        if self.before:
            yield f"changes: {self.diff.level.word if self.diff.changes else 'none'}"
        for change in self.diff.changes:
            mark = f" [{change.key}]" if change.confirmable else ""
            yield f"  {change.level.word:6} {change.sentence}{mark}"
        passed = sum(one.passed for one in self.checks)
        yield f"checks: {passed} of {len(self.checks)} passed"
        yield f"stored answers: {self.replay.sentence}"
        yield from (f"warning: {text}" for text in self.warnings)
        yield from (f"refused: {text}" for text in self.refusals)


class PublishRefusedError(InvalidInputError):
    """The form cannot be released as it is; ``preview`` says everything about it."""

    code = "publish-refused"

    def __init__(self, preview: Preview) -> None:
        blocks = preview.blocks
        only_warnings = not preview.refusals
        super().__init__(
            f"{preview.form.name} {preview.form.version} was not released: {blocks[0]}",
            hint="Read the warnings; repeat with --accept-warnings when they may stand."
            if only_warnings
            else "Change the file and try again.",
        )
        self.preview = preview

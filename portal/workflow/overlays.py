"""Overlays: what a network changes in a workflow, without forking it.

An overlay file names the workflow, then says what it changes::

    overlay: nmd
    workflow: consultation
    version: "1"
    phases:
      data_completion: {skip: true}           # subjects in it move on to the next phase
      assessment: {label: Opinions, days: 10} # rename, other deadline
      second_reading:                         # a new phase, placed after another
        after: assessment
        label: Second reading
        owner: [lead]
        todo: Ask a second reader
    order: [draft, open, …]                   # optional: another order of the forward path
    transitions:
      begin_outcome:                          # change: label, reason, guards
        add_guards: [{guard: contributions, at_least: 3}]
        drop_guards: [contributions]
      finish_reading:                         # a new transition, as in a workflow file
        from: second_reading
        forward: true
        label: Reading is done
        permission: panel:move
"""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from portal.kernel.errors import DefinitionError, Issue
from portal.kernel.strictyaml import Section, read
from portal.workflow import reading
from portal.workflow.checks import check
from portal.workflow.model import REASONS, RUNNING, GuardUse, Phase, Transition, Workflow


def apply(workflow: Workflow, path: Path, shown: str = "") -> Workflow:
    """Return ``workflow`` changed by the overlay in ``path``.

    Raises :class:`DefinitionError` with every fault, including what :func:`checks.check` finds in
    the result (an unreachable phase, a phase without an owner …).
    """
    issues: list[Issue] = []
    top = read(path, issues, shown or path.name)
    if top is None:
        raise DefinitionError(issues)
    changed = _Overlay(workflow, top).apply()
    faults = issues or [i for i in check(changed) if i.severity == "error"]
    if faults:
        raise DefinitionError(faults)
    return changed


class _Overlay:
    def __init__(self, workflow: Workflow, top: Section) -> None:
        self.base = workflow
        self.top = top
        self.skipped: list[str] = []

    def apply(self) -> Workflow:
        name = self.top.text("overlay", required=True)
        self.top.text("workflow", required=True, choices=[self.base.code])
        version = self.top.text("version", required=True)
        phases = self._ordered(self._phases())
        moved = self._moved(phases)
        transitions = self._transitions(phases)
        self.top.close()
        made = replace(
            self.base,
            version=f"{self.base.version}+{name}-{version}",
            phases=tuple(phases),
            transitions=transitions,
            moved=moved,
            file=self.top.file,
        )
        return replace(made, transitions=reading.along(made, self.top))

    def _phases(self) -> list[Phase]:
        phases = list(self.base.phases)
        for code, section in reading.named(self.top, "phases"):
            if self.base.has_phase(code):
                self._change(phases, code, section)
            else:
                self._add(phases, code, section)
        return [p for p in phases if p.code not in self.skipped]

    def _change(self, phases: list[Phase], code: str, section: Section) -> None:
        place = next(i for i, p in enumerate(phases) if p.code == code)
        old = phases[place]
        if section.flag("skip"):
            if old.required:
                section.complain(f"'{code}' cannot be skipped: the portal counts on it", key="skip")
            else:
                self.skipped.append(code)
        phases[place] = replace(
            old,
            label=section.text("label", default=old.label),
            todo=section.text("todo", default=old.todo),
            days=section.number("days", default=old.days),
            owner=reading.relations(section, "owner", reading.PEOPLE) or old.owner,
        )
        section.close()

    def _add(self, phases: list[Phase], code: str, section: Section) -> None:
        codes = [p.code for p in phases]
        after = section.text("after", choices=codes)
        if not after:
            section.complain(
                "this phase is new (or misspelt): 'after' says behind which phase it stands",
                key="after",
                known=(),
            )
        made = reading.phase(code, section)
        phases.insert(codes.index(after) + 1 if after else len(phases), made)

    def _ordered(self, phases: list[Phase]) -> list[Phase]:
        order = self.top.texts("order")
        if not order:
            return phases
        codes = [p.code for p in phases]
        for code in order:
            if code not in codes:
                reading.unknown(
                    self.top, "order", code, f"'{code}' is not a phase of the result", codes
                )
        left_out = [p.code for p in phases if p.state == RUNNING and p.code not in order]
        if left_out:
            self.top.complain(
                f"the order leaves out {', '.join(left_out)}; skip a phase by 'skip: true'",
                key="order",
            )
        rank = {code: number for number, code in enumerate(order)}
        return sorted(phases, key=lambda p: rank.get(p.code, len(rank) + codes.index(p.code)))

    def _moved(self, phases: list[Phase]) -> dict[str, str]:
        """Subjects in a skipped phase stand in the phase that follows it in the base."""
        left = {p.code for p in phases}
        codes = [p.code for p in self.base.phases]
        moved = dict(self.base.moved)
        for code in self.skipped:
            moved[code] = next(
                (c for c in codes[codes.index(code) + 1 :] if c in left), self.base.start
            )
        return {old: moved.get(new, new) for old, new in moved.items()}

    def _transitions(self, phases: list[Phase]) -> tuple[Transition, ...]:
        left = [p.code for p in phases]
        found = [t for t in (self._kept(t, left, phases) for t in self.base.transitions) if t]
        for name, section in reading.named(self.top, "transitions"):
            old = next((t for t in found if t.name == name), None)
            if old is not None:
                found[found.index(old)] = _changed(old, section)
            elif self.base.transition(name) is None:
                found.append(reading.transition(name, section, phases))
            else:
                section.complain("this transition belongs to a phase that is skipped")
        return tuple(found)

    def _kept(self, old: Transition, left: list[str], phases: Iterable[Phase]) -> Transition | None:
        """Return the transition without skipped phases; those from every running phase learn new ones."""
        sources = tuple(s for s in old.sources if s in left)
        running_before = {p.code for p in self.base.phases if p.state == RUNNING}
        if running_before <= set(old.sources):
            sources = tuple(
                dict.fromkeys([*sources, *(p.code for p in phases if p.state == RUNNING)])
            )
        if not sources or (not old.forward and old.target not in {*left, "back"}):
            return None
        return replace(old, sources=sources)


def _changed(old: Transition, section: Section) -> Transition:
    dropped = section.texts("drop_guards")
    have = [use.name for use in old.guards]
    for name in dropped:
        if name not in have:
            reading.unknown(section, "drop_guards", name, f"'{name}' is not a guard here", have)
    kept: list[GuardUse] = [use for use in old.guards if use.name not in dropped]
    made = replace(
        old,
        label=section.text("label", default=old.label),
        reason=section.text("reason", default=old.reason, choices=REASONS) or old.reason,
        guards=(*kept, *reading.guard_uses(section, "add_guards")),
    )
    section.close()
    return made

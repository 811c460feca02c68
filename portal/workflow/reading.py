"""Read a workflow file strictly. Every fault is an Issue with file, line, key and nearest name."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from portal.access import policy
from portal.access.permissions import Permission
from portal.kernel.errors import DefinitionError, Issue, nearest
from portal.kernel.strictyaml import Section, read
from portal.workflow import guards
from portal.workflow.model import (
    ANY,
    BACK,
    CLEARS,
    DELIVERIES,
    REASONS,
    RUNNING,
    SEVERITIES,
    STATES,
    SYSTEM,
    GuardUse,
    Phase,
    Tell,
    Transition,
    Workflow,
)

SIGNER = "signer"  # everybody who may sign: a word for messages and owners
PEOPLE = frozenset(
    {"requester", "assistant", "lead", "coordinator", "dispatcher", "member", "participant", "invited", "contributor", SIGNER}
)  # fmt: skip
_RESERVED = frozenset({RUNNING, ANY, BACK})


def read_workflow(path: Path) -> Workflow:
    """Return the workflow in ``path``; raise :class:`DefinitionError` with every fault found."""
    issues: list[Issue] = []
    top = read(path, issues, path.name)
    workflow = _workflow(top, path.name) if top else None
    if issues or workflow is None:
        raise DefinitionError(issues)
    return workflow


def _workflow(top: Section, file: str) -> Workflow:
    code = top.text("workflow", required=True)
    version = top.text("version", required=True)
    title = top.text("title", required=True)
    phases = tuple(phase(name, section) for name, section in named(top, "phases"))
    codes = [p.code for p in phases]
    start = top.text("start", required=True, choices=codes)
    transitions = tuple(
        transition(name, section, phases) for name, section in named(top, "transitions")
    )
    top.close()
    workflow = Workflow(code, version, title, start, phases, transitions, file=file)
    return replace(workflow, transitions=along(workflow, top))


def unknown(section: Section, key: str, value: str, message: str, known: Iterable[str]) -> None:
    """Add an Issue about ``value`` below ``key``, with the nearest of the ``known`` values."""
    section.issues.append(
        Issue(
            message,
            file=section.file,
            line=section.line_of(key),
            key=".".join(part for part in (section.path, key) if part),
            nearest=nearest(value, known),
        )
    )


def named(section: Section, key: str) -> list[tuple[str, Section]]:
    """Return the mappings below ``key`` by their names, in file order."""
    inner = section.section(key)
    if inner is None:
        return []
    return [(name, found) for name in inner.keys() if (found := inner.section(name)) is not None]


def phase(code: str, section: Section) -> Phase:
    """Read one phase."""
    if code in _RESERVED:
        section.complain(f"'{code}' has a meaning of its own; choose another code")
    made = Phase(
        code=code,
        label=section.text("label", required=True),
        state=section.text("state", default=RUNNING, choices=STATES) or RUNNING,
        owner=relations(section, "owner", PEOPLE),
        todo=section.text("todo"),
        days=section.number("days"),
        required=section.flag("required"),
        line=section.line,
    )
    section.close()
    return made


def transition(name: str, section: Section, phases: Iterable[Phase]) -> Transition:
    """Read one transition; ``from`` words such as ``running`` are replaced by phase codes."""
    phases = tuple(phases)
    codes = [p.code for p in phases]
    forward = section.flag("forward")
    permission = section.text(
        "permission", choices=[p.value for p in Permission if p.value.startswith("panel:")]
    )
    made = Transition(
        name=name,
        sources=_sources(section, phases),
        target=section.text("to", required=not forward, choices=[*codes, BACK]),
        label=section.text("label", required=True),
        permission=permission,
        who=_who(section, permission),
        reason=section.text("reason", default="none", choices=REASONS) or "none",
        guards=guard_uses(section, "guards"),
        forward=forward,
        automatic=section.flag("automatic"),
        tell=_tells(section),
        clears=section.text("clears", choices=CLEARS),
        line=section.line,
    )
    section.close()
    return made


def _sources(section: Section, phases: tuple[Phase, ...]) -> tuple[str, ...]:
    codes = [p.code for p in phases]
    target = section.text("to")
    found: list[str] = []
    for word in section.texts("from"):
        if word == RUNNING:
            found += [p.code for p in phases if p.state == RUNNING]
        elif word == ANY:
            found += [p.code for p in phases if p.state in {RUNNING, "closed"}]
        elif word in codes:
            found.append(word)
        else:
            unknown(section, "from", word, f"'{word}' is not a phase", [*codes, RUNNING, ANY])
    if not found:
        section.complain("'from' is missing; name the phases that this leads out of", key="from")
    return tuple(dict.fromkeys(code for code in found if code != target))


def _who(section: Section, permission: str) -> tuple[str, ...]:
    who = tuple(section.texts("who"))
    if who == (SYSTEM,):
        return who
    if not permission:
        section.complain(
            "name the permission that this step asks for, or 'who: [system]'", key="permission"
        )
        return who
    entitled = policy.RULES[Permission(permission)].allow
    for name in who:
        if name not in entitled:
            unknown(
                section,
                "who",
                name,
                f"'{name}' is not entitled to {permission}; the policy allows {', '.join(entitled)}",
                entitled,
            )
    return who


def guard_uses(section: Section, key: str) -> tuple[GuardUse, ...]:
    """Read a list of guards with their severity and parameters."""
    found = []
    for inner in section.sections(key):
        name = inner.text("guard", required=True, choices=guards.names())
        severity = inner.text("severity", default="block", choices=SEVERITIES) or "block"
        known = guards.get(name).params if name else {}
        params = {p: inner.number(p, default=default) for p, default in known.items()}
        inner.close()
        if name:
            found.append(GuardUse(name, severity, params))
    return tuple(found)


def _tells(section: Section) -> tuple[Tell, ...]:
    found = []
    for inner in section.sections("tell"):
        found.append(
            Tell(
                message=inner.text("message", required=True),
                to=relations(inner, "to", PEOPLE),
                delivery=inner.text("delivery", default="immediate", choices=DELIVERIES)
                or "immediate",
            )
        )
        inner.close()
    return tuple(found)


def relations(section: Section, key: str, known: Iterable[str]) -> tuple[str, ...]:
    """Read a list of relation names; unknown ones are reported with the nearest."""
    names = tuple(section.texts(key))
    allowed = sorted(known)
    for name in names:
        if name not in allowed:
            unknown(section, key, name, f"'{name}' is nobody that a workflow knows", allowed)
    return names


def along(workflow: Workflow, place: Section) -> tuple[Transition, ...]:
    """Return the transitions with each ``forward`` one leading to the phase that comes next."""
    order = [p.code for p in workflow.phases]
    found = []
    for one in workflow.transitions:
        if one.forward:
            last = max((order.index(s) for s in one.sources), default=-1)
            if last + 1 >= len(order):
                place.complain(
                    f"after '{order[last]}' there is no phase to go forward to",
                    key="transitions",
                    line=one.line,
                )
                continue
            one = replace(one, target=order[last + 1])  # noqa: PLW2901 - the same transition, completed
        found.append(one)
    return tuple(found)

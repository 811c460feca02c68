"""Every write service takes the actor first and reaches the policy."""

import ast
import inspect
import textwrap
from collections.abc import Callable

from portal.kernel import uow
from portal.tables import import_models

# Writes that no person asks for, or that come before there is an actor to ask about; each with its reason.
WITHOUT_POLICY: dict[str, str] = {
    "portal.audit.record.denied": "records a refusal",
    "portal.access.fab.sync_roles": "deploy command: writes the roles themselves",
    "portal.jobs.queue.lease": "the worker's own book-keeping",
    "portal.jobs.queue.finish": "the worker's own book-keeping",
    "portal.jobs.worker.schedule_due": "the worker's own book-keeping",
}
DOORS = {"access", "require", "visible"}


def _source(function: Callable[..., object]) -> ast.AST:
    return ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(function))))


def _name(function: Callable[..., object]) -> str:
    return f"{function.__module__}.{function.__qualname__}"


def _calls(tree: ast.AST) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            target = node.func
            names.add(
                target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")
            )
    return names


def _reaches_policy(function: Callable[..., object], seen: frozenset[str] = frozenset()) -> bool:
    """Whether the function, or a function of its own module that it calls, goes through the guard."""
    calls = _calls(_source(function))
    if any(name in DOORS or name.startswith("access_") for name in calls):
        return True
    module = inspect.getmodule(inspect.unwrap(function))
    for name in calls - seen:
        inner = getattr(module, name, None)
        if (
            inspect.isfunction(inner)
            and inner.__module__.startswith("portal.")
            and _reaches_policy(inner, seen | calls)
        ):
            return True
    return False


def _inventory() -> list[Callable[..., object]]:
    import portal.app
    import portal.jobs.worker

    assert portal.app.FEATURES
    import_models()
    # The demo world writes its past as it likes; it is refused in production.
    ours = [f for f in uow.inventory if f.__module__.startswith("portal.")]
    return [f for f in ours if not f.__module__.startswith("portal.demo.")]


def test_the_actor_comes_first() -> None:
    wrong = [
        _name(f) for f in _inventory() if next(iter(inspect.signature(f).parameters), "") != "actor"
    ]
    assert wrong == []


def test_every_write_reaches_the_policy() -> None:
    inventory = _inventory()
    assert len(inventory) > 30
    wrong = [
        _name(f) for f in inventory if _name(f) not in WITHOUT_POLICY and not _reaches_policy(f)
    ]
    assert wrong == []


def test_the_list_of_exceptions_only_shrinks() -> None:
    names = {_name(f) for f in _inventory()}
    assert set(WITHOUT_POLICY) <= names

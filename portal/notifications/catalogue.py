"""The kinds of messages that core and plugins know, and their templates."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, select_autoescape
from jinja2.sandbox import ImmutableSandboxedEnvironment

from portal.extend import manager
from portal.extend.specs import MessageSpec
from portal.kernel.errors import DefinitionError, Issue

FOLDER = Path(__file__).resolve().parent / "messages"


@dataclass(frozen=True)
class Written:
    """A message in words."""

    subject: str
    body: str
    action: str


def specs() -> dict[str, MessageSpec]:
    """Return the kinds by name; a plugin's spec replaces an earlier one of the same name."""
    return {spec.kind: spec for _, spec in manager.collect("register_messages")}


def check() -> None:
    """Raise when a registered kind lacks a template: found at the start, not at three in the night."""
    issues = [
        Issue(f"'{spec.kind}/{name}' is not there", file=spec.folder.name, key=spec.kind)
        for spec in specs().values()
        for name in ("subject.txt", "body.txt")
        if not (spec.folder / spec.kind / name).is_file()
    ]
    if issues:
        raise DefinitionError(issues)


@lru_cache(maxsize=64)
def environment(folder: Path) -> ImmutableSandboxedEnvironment:
    """Return the templates of a folder: text is not escaped, HTML is; an unknown name is an error."""
    return ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(folder),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def write(kind: str, facts: dict[str, object]) -> Written:
    """Return a message of ``kind`` in words; a kind without templates says its ``text``.

    Raises :class:`DefinitionError` naming the template when a template asks for a fact that is not there.
    """
    spec = specs().get(kind)
    text = str(facts.get("text", ""))
    if spec is None:
        return Written(text, f"{text}.", "Open the portal")
    templates = environment(spec.folder)
    try:
        subject = templates.get_template(f"{kind}/subject.txt").render(facts)
        body = templates.get_template(f"{kind}/body.txt").render(facts)
    except TemplateError as error:
        raise DefinitionError(
            [Issue(str(error), file=f"{spec.folder.name}/{kind}", key=kind)]
        ) from error
    return Written(" ".join(subject.split()), body.strip(), spec.action_label)

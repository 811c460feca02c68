"""What plugins hand to the portal: plain data, checked when it is made."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from portal.access.actor import Actor


@dataclass(frozen=True)
class AreaSpec:
    """A thematic area: ``code`` is stable, ``label`` is what people read."""

    code: str
    label: str


@dataclass(frozen=True)
class GroupSpec:
    """An expert group that a new installation of the network starts with."""

    name: str
    area: str = ""
    schedule: str = ""


@dataclass(frozen=True)
class NetworkSpec:
    """A European Reference Network: code, official names, thematic areas, expert groups."""

    code: str
    short_name: str
    title: str
    areas: tuple[AreaSpec, ...]
    groups: tuple[GroupSpec, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class OverlaySpec:
    """A YAML file that changes a form or a workflow for one network, without forking it."""

    network: str
    base: str
    path: Path


@dataclass(frozen=True)
class ConsentTemplateSpec:
    """The text of a consent form for one purpose in one language; Markdown-free plain paragraphs."""

    network: str
    purpose: str
    language: str
    version: str
    text: str


@dataclass(frozen=True)
class MessageSpec:
    """A kind of message. Templates lie in ``folder/<kind>/``: ``subject.txt``, ``body.txt``."""

    kind: str
    folder: Path
    action_label: str
    delivery: str = "immediate"


@dataclass(frozen=True)
class JobSpec:
    """A kind of work for the queue. ``handler(payload)`` must be safe to run twice."""

    kind: str
    handler: Callable[[dict[str, Any]], None]
    every_seconds: int = 0


@dataclass(frozen=True)
class CardSpec:
    """A card on a dashboard: ``template`` is rendered with ``context``; lower ``order`` comes first."""

    key: str
    title: str
    template: str
    context: dict[str, Any]
    order: int = 100
    wide: bool = False


@dataclass(frozen=True)
class MenuEntry:
    """An entry of a side menu. ``endpoint`` and ``values`` make the address."""

    label: str
    endpoint: str
    icon: str = "dot"
    values: dict[str, str] = field(default_factory=dict)
    order: int = 100
    group: str = ""
    badge: int = 0


@dataclass(frozen=True)
class Event:
    """Something that has been committed. ``subject`` is ``kind:id``; ``facts`` carry no clinical text."""

    name: str
    actor: Actor
    subject: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class SearchResult:
    """Something found by the search box: ``kind`` is a plain word (panel, person, patient, page)."""

    kind: str
    label: str
    url: str
    detail: str = ""

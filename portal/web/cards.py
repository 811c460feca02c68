"""Turn the cards that features and plugins contribute into boxes of a page, a broken card at a time."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import current_app
from flask_login import current_user
from markupsafe import Markup

from portal.access import guard
from portal.extend.specs import CardSpec

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Box:
    """A rendered card: ``body`` is markup from the card's own template; empty when it failed."""

    key: str
    title: str
    body: Markup
    wide: bool


def boxes(cards: Iterable[CardSpec]) -> list[Box]:
    """Return the cards in their order, rendered; one that fails becomes a placeholder."""
    shared = _shared()
    return [_box(card, shared) for card in sorted(cards, key=lambda c: (c.order, c.key))]


def _shared() -> dict[str, Any]:
    """What every card may use besides its own context.

    Less than a page has: the menus and counts of the shell would be read anew for each card.
    """
    actor = getattr(current_user, "actor", None)
    return {
        "actor": actor,
        "may": lambda permission, thing: guard.allows(actor, permission, thing),
    }


def _box(card: CardSpec, shared: dict[str, Any]) -> Box:
    try:
        template = current_app.jinja_env.get_template(card.template)
        body = Markup(template.render(card=card, **{**shared, **card.context}))  # noqa: S704
    except Exception:
        # A card is somebody else's code: the page must stand without it.
        _log.exception("a card could not be rendered", extra={"card": card.key})
        body = Markup("")
    return Box(card.key, card.title, body, card.wide)

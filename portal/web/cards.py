"""Turn the cards that features and plugins contribute into boxes of a page, one broken card at a time."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from flask import render_template
from markupsafe import Markup

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
    return [_box(card) for card in sorted(cards, key=lambda c: (c.order, c.key))]


def _box(card: CardSpec) -> Box:
    try:
        body = Markup(render_template(card.template, card=card, **card.context))  # noqa: S704
    except Exception:
        # A card is somebody else's code: the page must stand without it.
        _log.exception("a card could not be rendered", extra={"card": card.key})
        body = Markup("")
    return Box(card.key, card.title, body, card.wide)

"""Find panels by the words of number and title, at a cost that does not grow with their number.

Each word of a panel is a row, ordered by network, word and panel. Somebody who sees few panels is
answered from those few. Where somebody sees a whole network, a word that few panels of it have leads to
them; a word that many have is met soon when the newest panels are read first.
"""

import re
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, delete, select

from portal.kernel import db
from portal.panels.models import Panel, PanelWord
from portal.people.names import plain

FEW = 200
MOST_WORDS = 6
LONGEST_SEARCH = 80
LONGEST_WORD = 40
_SPLIT = re.compile(r"[^\w-]+|_")
_LAST = "\uffff"


def words_of(text: str) -> list[str]:
    """Return the words of ``text`` as they are stored: without accents, in small letters, each once."""
    found: dict[str, None] = {}
    for word in _SPLIT.split(plain(text)):
        for part in (word, *word.split("-")):
            if len(part) > 1:
                found[part[:LONGEST_WORD]] = None
    return list(found)


def index_panel(panel: Panel) -> None:
    """Store the words of a panel in the current unit of work; earlier ones are replaced."""
    db.session.execute(delete(PanelWord).where(PanelWord.panel_id == panel.id))
    words = words_of(f"{panel.number} {panel.title}")
    db.session.add_all(
        PanelWord(network_id=panel.network_id, word=word, panel_id=panel.id) for word in words
    )


def searched(text: str) -> list[str]:
    """Return the words that a search asks for: all of them, by their beginnings."""
    return [w for w in words_of(text) if "-" not in w or w == plain(text)][:MOST_WORDS]


def having(words: Iterable[str]) -> list[ColumnElement[bool]]:
    """Return the criteria for panels that have every word."""
    return [
        select(PanelWord.word)
        .where(PanelWord.panel_id == Panel.id, *_begins(word))
        .correlate(Panel)
        .exists()
        for word in words
    ]


def few_with(words: Iterable[str], network_ids: Iterable[str]) -> list[str] | None:
    """Return the panels of whole networks that have the rarest word, or nothing when many have each."""
    networks = sorted(network_ids)
    for word in sorted(words, key=len, reverse=True):
        found: set[str] = set()
        for network in networks:
            rows = select(PanelWord.panel_id).where(PanelWord.network_id == network, *_begins(word))
            found.update(db.session.scalars(rows.limit(FEW)))
            if len(found) >= FEW:
                break
        else:
            return sorted(found)
    return None


def _begins(word: str) -> tuple[Any, Any]:
    return PanelWord.word >= word, PanelWord.word < word + _LAST

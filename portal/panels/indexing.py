"""Find panels by the words of number and title, at a cost that does not grow with their number.

Each word of a panel is a row, ordered by word and panel. A search takes the newest candidates of each
word (whole words first, then beginnings) and keeps the panels that have all of them.
"""

import re
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, select

from portal.kernel import db
from portal.panels.models import Panel, PanelWord
from portal.people.names import plain

CANDIDATES = 200
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
    db.session.add_all(PanelWord(word=word, panel_id=panel.id) for word in words)


def matching(text: str) -> ColumnElement[bool] | None:
    """Return the criterion for panels that hold every word of ``text`` (its beginning), or nothing."""
    words = [w for w in words_of(text) if "-" not in w or w == plain(text)][:6]
    if not words:
        return None
    candidates = {identifier for word in words for identifier in _candidates(word)}
    if not candidates:
        return Panel.id.is_(None)
    return and_(Panel.id.in_(sorted(candidates)), *(_holds(word) for word in words))


def _candidates(word: str) -> Iterable[str]:
    newest = PanelWord.panel_id.desc()
    exact = select(PanelWord.panel_id).where(PanelWord.word == word).order_by(newest)
    found = list(db.session.scalars(exact.limit(CANDIDATES)))
    if len(found) < CANDIDATES:
        begins = select(PanelWord.panel_id).where(*_begins(word)).limit(CANDIDATES)
        found += db.session.scalars(begins)
    return found


def _begins(word: str) -> tuple[Any, Any]:
    return PanelWord.word >= word, PanelWord.word < word + _LAST


def _holds(word: str) -> ColumnElement[bool]:
    return (
        select(PanelWord.word)
        .where(PanelWord.panel_id == Panel.id, *_begins(word))
        .correlate(Panel)
        .exists()
    )

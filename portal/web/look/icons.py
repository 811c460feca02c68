"""``icon("search")`` in templates: a drawing of the sprite, hidden from screen readers.

The sprite is built from ``portal/assets/src/icons.json`` (name in the portal -> drawing of the
bootstrap-icons package); a new icon is one line there.
"""

import json
import logging
from functools import lru_cache
from pathlib import Path

from markupsafe import Markup

from portal.kernel.errors import nearest
from portal.web.look.manifest import asset_url

SOURCE = Path(__file__).resolve().parent.parent.parent / "assets" / "src" / "icons.json"
FALLBACK = "circle"
logger = logging.getLogger(__name__)


@lru_cache(maxsize=1)
def known_icons() -> frozenset[str]:
    """Return the names of the sprite; empty in an installation without the asset sources."""
    if not SOURCE.is_file():
        return frozenset()
    return frozenset(json.loads(SOURCE.read_text(encoding="utf-8")))


_FROM_FONT_AWESOME = {
    "archive": "archive",
    "ban": "x-circle",
    "check": "check",
    "copy": "copy",
    "download": "download",
    "edit": "edit",
    "envelope": "mail",
    "eye": "eye",
    "key": "key",
    "lock": "lock",
    "pencil": "edit",
    "plus": "add",
    "remove": "delete",
    "rocket": "send",
    "search": "search",
    "times": "close",
    "trash": "delete",
    "unlock": "unlock",
    "upload": "upload",
    "user": "person",
}


def icon_from_fa(classes: str | None) -> str:
    """Return our name for a Font Awesome class list (``fa fa-lock``) of FAB or flask-admin, or ""."""
    for word in (classes or "").split():
        base = word.removeprefix("fa-").removeprefix("glyphicon-").removesuffix("-o")
        if base in _FROM_FONT_AWESOME:
            return _FROM_FONT_AWESOME[base]
    return ""


def icon(name: str, label: str = "") -> Markup:
    """Return the SVG of an icon. With ``label`` it speaks (role img), else it is decoration.

    An unknown name is logged with the nearest known one and drawn as a plain circle.
    """
    known = known_icons()
    if known and name not in known:
        logger.warning("unknown icon %r, nearest is %r", name, nearest(name, known) or FALLBACK)
        name = FALLBACK
    role = (
        Markup('role="img" aria-label="{}"').format(label)
        if label
        else Markup('aria-hidden="true"')
    )
    return Markup('<svg class="icon" {} focusable="false"><use href="{}#{}"></use></svg>').format(
        role, asset_url("icons.svg"), name
    )

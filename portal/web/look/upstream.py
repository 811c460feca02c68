"""Note the hashes of the upstream templates that ours replace: ``python -m portal.web.look.upstream``.

``upstream.json`` is compared with the installed libraries by ``tests/contract``; run this after the
changed templates have been looked at.
"""

import hashlib
import json
import sys
from pathlib import Path

import flask_admin
import flask_appbuilder

HERE = Path(__file__).resolve().parent
OURS = HERE.parent / "templates"
SOURCES = {
    "appbuilder": Path(flask_appbuilder.__file__).parent / "templates" / "appbuilder",
    "admin": Path(flask_admin.__file__).parent / "templates" / "bootstrap4" / "admin",
}
NOTES = HERE / "upstream.json"


def replaced() -> dict[str, str]:
    """Return name -> SHA-256 of each upstream template that a template of ours replaces."""
    found: dict[str, str] = {}
    for library, root in SOURCES.items():
        for path in sorted(root.rglob("*.html")):
            name = f"{library}/{path.relative_to(root).as_posix()}"
            if (OURS / name).is_file():
                found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def main() -> None:
    """Rewrite the hashes; the reasons of those left out stay as people wrote them."""
    notes = json.loads(NOTES.read_text(encoding="utf-8"))
    notes["replaced"] = replaced()
    NOTES.write_text(json.dumps(notes, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(notes['replaced'])} upstream templates noted\n")


if __name__ == "__main__":
    main()

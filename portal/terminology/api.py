"""JSON for the combobox and for scripts: search, one concept, suggestions for a text.

Work per request is bounded: query and text length, numbers of packs, languages and hits. Nothing
here writes, and no query is logged.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any, TypeVar

from flask import Blueprint, Response, current_app, jsonify, make_response, request

from portal.kernel.errors import InvalidInputError, PortalError
from portal.terminology import recoding
from portal.terminology.search import MAX_QUERY, Hit
from portal.terminology.service import Terminology
from portal.terminology.suggestion import MAX_TEXT

View = TypeVar("View", bound=Callable[..., Any])
Gate = Callable[[View], View]

URL = "/api/v1/terminology"
EXTENSION = "terminology"
MAX_PACKS, MAX_LANGUAGES, MAX_LIMIT, MAX_CODINGS = 20, 6, 50, 5000


def service() -> Terminology:
    """Return the application's terminology, which ``setup`` has put into its extensions."""
    found: Terminology = current_app.extensions[EXTENSION]
    return found


def create_blueprint(gate: Gate[Any]) -> Blueprint:
    """Return the blueprint; ``gate`` decorates every view and lets through only who may search."""
    blueprint = Blueprint("terminology", __name__, url_prefix=URL)
    blueprint.add_url_rule("/search", "search", gate(search))
    blueprint.add_url_rule("/concept", "concept", gate(concept))
    blueprint.add_url_rule("/packs", "packs", gate(packs))
    blueprint.add_url_rule("/suggest", "suggest", gate(suggest), methods=["POST"])
    blueprint.add_url_rule("/outdated", "outdated", gate(outdated), methods=["POST"])
    blueprint.register_error_handler(PortalError, _problem)
    return blueprint


def search() -> Response:
    """``?q=&pack=&lang=&value_set=&limit=``: hits, best first; lists separated by commas.

    A query shorter than every pack's least number of letters gives no hits, unless it is a code.
    """
    query = _text("q", MAX_QUERY)
    languages = _list("lang", MAX_LANGUAGES) or ["en"]
    wanted, value_set = _list("pack", MAX_PACKS), request.args.get("value_set", "")
    terms = service()
    hits: list[Hit] = []
    if _long_enough(terms, query, wanted):
        hits = terms.search(wanted, query, languages, value_set or None, _limit())
    return _answer({"query": query, "hits": [asdict(hit) for hit in hits]})


def concept() -> Response:
    """``?pack=&code=&version=&lang=``: everything known of one code, with its maps."""
    languages = _list("lang", MAX_LANGUAGES) or ["en"]
    pack, code = _text("pack", 300, needed=True), _text("code", 300, needed=True)
    version = request.args.get("version", "")
    view = service().lookup(pack, code, version, languages)
    maps = service().maps(pack, view.code)
    return _answer({**asdict(view), "maps": [asdict(row) for row in maps]})


def packs() -> Response:
    """Return every pack with title, active version and the notice its licence wants shown."""
    terms = service()
    languages = _list("lang", MAX_LANGUAGES) or ["en"]
    active = {release.pack: release for release in terms.releases() if release.status == "active"}
    rows = []
    for pack in terms.packs.values():
        release = active.get(pack.id)
        version = release.version if release else ""
        rows.append(
            {
                "id": pack.id,
                "system": pack.canonical,
                "title": pack.name(languages[0]),
                "kind": pack.kind,
                "version": version,
                "starter": bool(release and release.sample),
                "notice": pack.licence.notice.replace("{version}", version),
                "min_letters": pack.min_letters,
            }
        )
    return _answer({"packs": rows})


def suggest() -> Response:
    """Take ``{text, packs, lang, value_set}`` and return spans with hits; the text is not kept."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict) or not isinstance(body.get("text"), str):
        raise InvalidInputError('Send JSON with the text: {"text": "…", "packs": ["hpo"]}.')
    if len(body["text"]) > MAX_TEXT:
        raise InvalidInputError(f"The text is longer than {MAX_TEXT:,} characters; send parts.")
    packs = body.get("packs") or []
    if not isinstance(packs, list) or not all(isinstance(name, str) for name in packs):
        raise InvalidInputError('The packs are a list of names: "packs": ["hpo"].')
    named = packs[:MAX_PACKS]
    language = str(body.get("lang") or "en")
    spans = service().suggest(body["text"], named, language, str(body.get("value_set") or ""))
    return _answer({"spans": [asdict(span) for span in spans]})


def outdated() -> Response:
    """Take ``{codings: [{pack or system, code, display, version}], lang}`` and return those to review.

    Only codings that the active release has retired, merged, renamed or lost are returned, each with
    the codes to use instead.
    """
    sent = request.get_json(silent=True)
    body = sent if isinstance(sent, dict) else {}
    entries = body.get("codings")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise InvalidInputError(
            'Send JSON with the codings: {"codings": [{"pack": "hpo", "code": "HP:0001250"}]}.'
        )
    if len(entries) > MAX_CODINGS:
        raise InvalidInputError(f"More than {MAX_CODINGS:,} codings; send parts.")
    codings = [_stored(entry) for entry in entries]
    found = recoding.outdated(service(), codings, [str(body.get("lang") or "en")])
    return _answer({"outdated": [asdict(entry) for entry in found]})


def _stored(entry: dict[str, Any]) -> recoding.StoredCoding:
    values = {
        name: entry.get(name) or "" for name in ("pack", "system", "code", "display", "version")
    }
    if not all(isinstance(value, str) and len(value) <= 500 for value in values.values()):
        raise InvalidInputError("The parts of a coding are texts of at most 500 characters.")
    pack = values.pop("pack") or values["system"]
    if not pack or not values["code"]:
        raise InvalidInputError("A coding needs its 'code' and its 'pack' or 'system'.")
    del values["system"]
    return recoding.StoredCoding(pack, **values)


def _text(name: str, longest: int, *, needed: bool = False) -> str:
    value = request.args.get(name, "").strip()
    if len(value) > longest:
        raise InvalidInputError(
            f"'{name}' is longer than {longest} characters.", fields={name: "too long"}
        )
    if needed and not value:
        raise InvalidInputError(f"'{name}' is missing.", fields={name: "missing"})
    return value


def _list(name: str, most: int) -> list[str]:
    parts = [part.strip() for text in request.args.getlist(name) for part in text.split(",")]
    found = [part for part in parts if part]
    if len(found) > most:
        raise InvalidInputError(
            f"'{name}' has {len(found)} values; {most} are allowed.", fields={name: "too many"}
        )
    return found


def _limit() -> int:
    text = request.args.get("limit", "10")
    if not text.isdecimal() or len(text) > 4 or not 1 <= int(text) <= MAX_LIMIT:
        raise InvalidInputError(
            f"'limit' is a whole number from 1 to {MAX_LIMIT}, found '{text[:20]}'.",
            fields={"limit": "not a number in range"},
        )
    return int(text)


def _long_enough(terms: Terminology, query: str, wanted: Sequence[str]) -> bool:
    named = [terms.pack(name) for name in wanted] or list(terms.packs.values())
    is_code = any(c.isdigit() for c in query)
    return is_code or len(query) >= min(pack.min_letters for pack in named)


def _answer(body: dict[str, Any]) -> Response:
    response = make_response(jsonify(body))
    response.headers["Cache-Control"] = "private, max-age=60"
    return response


def _problem(error: PortalError) -> Response:
    body = {
        "type": f"urn:portal:{error.code}",
        "status": error.status,
        "title": "That did not work",
        "detail": error.message,
        "code": error.code,
        "hint": error.hint,
    }
    response = make_response(jsonify({name: value for name, value in body.items() if value}))
    response.status_code = error.status
    response.headers["Content-Type"] = "application/problem+json"
    return response

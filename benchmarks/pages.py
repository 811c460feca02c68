"""Cost of pages: CPU per request against a plain Flask page with one query, and its growth with the table.

In-process, minimum process CPU time of interleaved rounds, garbage collector frozen; SQLite by default,
``PORTAL_BENCH_DATABASE`` names an empty PostgreSQL database instead. Limits: our own pages at most 4
times the plain page, the empty page 3, a FAB list 10; first page, keyset page and search at 1,000,000
rows at most 1.2 times their cost at 1,000. ``PORTAL_BENCH_ROWS`` shrinks the large table.
"""

import gc
import logging
import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask, render_template_string
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import insert, text

from portal import migrate
from portal.access.actor import system
from portal.access.fab import sync_roles
from portal.app import create_app
from portal.kernel import clock, db
from portal.kernel.ids import new_id
from portal.networks.service import sync_networks
from portal.panels.indexing import words_of
from portal.panels.models import Panel, PanelMember, PanelWord
from portal.people.models import Person
from portal.people.sessions import begin_for_tests
from portal.settings import load
from portal.testing.world import World, build_world

ROUNDS = 25
PLAIN = """<!doctype html><html lang=en><title>x</title><table>{% for r in rows %}<tr><td>{{ r[0] }}<td>{{ r[1] }}<td>{{ r[2] }}<td>{{ r[3] }}</tr>{% endfor %}</table>"""


def prepare(folder: str) -> tuple[Flask, World]:
    """Return the application on an empty database with the small test world."""
    database = os.environ.get("PORTAL_BENCH_DATABASE", "")
    app = create_app(
        load(
            {},
            ENV="test",
            DATA_DIR=folder,
            DATABASE_URL=database,
            WORKER="none",
            MAIL_CHANNEL="none",
        )
    )
    migrate.upgrade()
    with app.app_context():
        sync_roles(system("sync"))
        sync_networks(system("sync"))
        world = build_world()
    return app, world


def plain_application() -> Flask:
    """Return the yardstick: a bare Flask application, one keyset query with a join, 25 rows by Jinja."""
    statement = text(
        "SELECT p.number, p.title, p.phase, n.short_name FROM panel p JOIN network n ON n.id = p.network_id ORDER BY p.id DESC LIMIT 25"
    )
    app = Flask("plain")

    @app.get("/plain")
    def plain() -> str:
        with db.engine().connect() as connection:
            return render_template_string(PLAIN, rows=connection.execute(statement).all())

    return app


PEOPLE = 400  # who ask and lead, so that nobody's share is larger than it would be
PHASES = ("assessment", "open", *["closed"] * 14, *["archived"] * 4)


def fill_people(count: int = PEOPLE) -> list[str]:
    """Add ``count`` people and return their ids."""
    users = [
        {"id": 10_000 + n, "first_name": "P", "last_name": str(n), "username": f"bench:{n}",
         "email": f"p{n}@bench.test", "active": True}
        for n in range(count)
    ]  # fmt: skip
    people = [
        {"id": new_id(), "user_id": 10_000 + n, "given_name": "Pat", "family_name": f"Example {n}",
         "email": f"p{n}@bench.test", "created_at": clock.now(), "search_text": f"example {n}"}
        for n in range(count)
    ]  # fmt: skip
    _write([(User, users), (Person, people)])
    return [str(p["id"]) for p in people]


def _write(batches: list[tuple[Any, list[dict[str, Any]]]]) -> None:
    """Insert rows directly: the tables, not the services, are measured."""
    db.session.remove()
    token = db.writing.set(True)
    try:
        with db.engine().begin() as connection:
            for model, rows in batches:
                connection.execute(insert(model), rows)
    finally:
        db.writing.reset(token)


def fill_panels(world: World, people: list[str], count: int) -> None:
    """Insert panels until there are ``count``: one network, 400 people, one in ten under way."""
    have = int(db.session.scalar(text("SELECT count(*) FROM panel")) or 0)
    for start in range(have, count, 10_000):
        rows = [_panel(world, people, n) for n in range(start, min(start + 10_000, count))]
        words = [
            {"network_id": r["network_id"], "word": w, "panel_id": r["id"]}
            for r in rows
            for w in words_of(f"{r['number']} {r['title']}")
        ]
        _write([(Panel, rows), (PanelWord, words)])
    if have == 0:
        _seat(world)
    with db.engine().connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()


def _panel(world: World, people: list[str], number: int) -> dict[str, Any]:
    now, phase = clock.now(), PHASES[number % len(PHASES)]
    running = phase in {"assessment", "open"}
    pressing = running and (number < 1000 or number % 2000 == 0)
    return {
        "id": new_id(),
        "number": f"NMD-B-{number:07}",
        "network_id": world.networks["nmd"],
        "centre_id": world.centres["utrecht" if number % 2 else "athens"],
        "area_id": world.areas["nmd"],
        "requester_id": people[number % len(people)],
        "lead_id": None if phase == "open" else people[number * 7 % len(people)],
        "title": f"Weakness of unknown cause {number}",
        "question": "What next?",
        "urgent": pressing,
        "urgent_reason": "",
        "due_on": now.date() - timedelta(days=1) if pressing else None,
        "phase": phase,
        "phase_since": now,
        "workflow": "consultation",
        "workflow_version": "",
        "version": 1,
        "created_at": now,
        "opened_at": now,
        "closed_at": None if running else now,
        "suspended_from": "",
    }


def _seat(world: World) -> None:
    """Let the member sit on thirty panels of the first thousand."""
    ids = db.session.scalars(text("SELECT id FROM panel ORDER BY id LIMIT 30")).all()
    rows = [
        {"id": new_id(), "panel_id": panel, "person_id": world.people["member"], "role": "member",
         "status": "accepted", "invited_by": world.people["enroller"], "invited_at": clock.now(),
         "reason": "", "message": ""}
        for panel in ids
    ]  # fmt: skip
    _write([(PanelMember, rows)])


def measure(calls: dict[str, Callable[[], Any]]) -> dict[str, float]:
    """Return the least CPU milliseconds of each call over interleaved rounds."""
    best = dict.fromkeys(calls, float("inf"))
    for call in calls.values():
        call()
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        for _ in range(ROUNDS):
            for name, call in calls.items():
                began = time.process_time()
                call()
                best[name] = min(best[name], (time.process_time() - began) * 1000)
    finally:
        gc.enable()
        gc.unfreeze()
    return best


def main() -> None:
    """Print the table; exit 1 when a limit is missed."""
    large = int(os.environ.get("PORTAL_BENCH_ROWS", "1000000"))
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        app, world = prepare(folder)
        logging.getLogger("portal").setLevel(logging.WARNING)
        with app.app_context():
            client, member = _client(app, world, "coordinator"), _client(app, world, "member")
            people = fill_people()
            pages = {
                "plain page": ("/plain", 1.0),
                "empty page": ("/accessibility", 3.0),
                "For me": ("/for-me/", 4.0),
                "panel list": ("/ern/nmd/panels/", 4.0),
                "FAB list of areas": ("/configuration/areas/list/", 10.0),
            }
            fill_panels(world, people, 1000)
            failed = _report_pages(client, pages)
            small = measure(_growing(client, member))
            fill_panels(world, people, large)
            failed |= _report_growth(small, measure(_growing(client, member)), large)
    sys.exit(1 if failed else 0)


def _client(app: Flask, world: World, persona: str) -> Any:
    client = app.test_client()
    client.set_cookie("portal_session", begin_for_tests(world.people[persona]))
    return client


def _get(client: Any, url: str) -> Callable[[], Any]:
    def call() -> Any:
        response = client.get(url)
        assert response.status_code == 200, (url, response.status_code)
        db.session.remove()  # as the end of a browser's request does
        return response

    return call


def _report_pages(client: Any, pages: dict[str, tuple[str, float]]) -> bool:
    calls = {name: _get(client, url) for name, (url, _) in pages.items()}
    calls["plain page"] = _get(plain_application().test_client(), "/plain")
    found = measure(calls)
    plain = found["plain page"]
    failed = False
    print(f"{'page':<22}{'CPU ms':>8}{'ratio':>8}{'limit':>8}")
    for name, (_, limit) in pages.items():
        ratio = found[name] / plain
        failed |= ratio > limit
        print(
            f"{name:<22}{found[name]:>8.2f}{ratio:>8.2f}{limit:>8.1f}{'  over' if ratio > limit else ''}"
        )
    return failed


def _growing(client: Any, member: Any) -> dict[str, Callable[[], Any]]:
    """Return the pages whose cost must not grow: for who sees a whole network, and for who sees little."""
    middle = db.session.scalar(text("SELECT id FROM panel ORDER BY id LIMIT 1 OFFSET 500"))
    panels = "/ern/nmd/panels/"
    return {
        "first page": _get(client, panels),
        "keyset page": _get(client, f"{panels}?before={middle}"),
        "urgent": _get(client, f"{panels}?show=urgent"),
        "overdue": _get(client, f"{panels}?show=overdue"),
        "one phase": _get(client, f"{panels}?phase=assessment"),
        "mine": _get(client, f"{panels}?show=mine"),
        "search: number": _get(client, f"{panels}?q=NMD-B-0000123"),
        "search: words": _get(client, f"{panels}?q=weakness+unknown"),
        "search: nothing": _get(client, f"{panels}?q=unheardof"),
        "search box": _get(client, "/search?q=weakness+0000123"),
        "member: first page": _get(member, panels),
        "member: search": _get(member, f"{panels}?q=weakness+unknown"),
        "member: home": _get(member, "/"),
    }


def _report_growth(small: dict[str, float], grown: dict[str, float], large: int) -> bool:
    failed = False
    print(f"\n{'panel list, CPU ms':<22}{'1,000':>8}{large:>12,}{'ratio':>8}")
    for name, before in small.items():
        ratio = grown[name] / before
        failed |= ratio > 1.2
        print(
            f"{name:<22}{before:>8.2f}{grown[name]:>12.2f}{ratio:>8.2f}{'  over' if ratio > 1.2 else ''}"
        )
    return failed


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    main()

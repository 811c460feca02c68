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
from pathlib import Path
from typing import Any

from flask import Flask, render_template_string
from sqlalchemy import insert, text

from portal import migrate
from portal.access.actor import system
from portal.access.fab import sync_roles
from portal.app import create_app
from portal.kernel import clock, db
from portal.kernel.ids import new_id
from portal.networks.service import sync_networks
from portal.panels.indexing import words_of
from portal.panels.models import Panel, PanelWord
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


def fill_panels(world: World, count: int) -> None:
    """Insert ``count`` panels of the network directly: the table, not the service, is measured."""
    now = clock.now()
    db.session.remove()
    have = int(db.session.execute(text("SELECT count(*) FROM panel")).scalar() or 0)
    connection = db.engine().connect()
    token = db.writing.set(True)
    try:
        with connection.begin():
            for start in range(have, count, 10_000):
                rows = [
                    {
                        "id": new_id(),
                        "number": f"NMD-B-{n:07}",
                        "network_id": world.networks["nmd"],
                        "centre_id": world.centres["utrecht"],
                        "area_id": world.areas["nmd"],
                        "requester_id": world.people["enroller"],
                        "lead_id": world.people["lead"],
                        "title": f"Weakness of unknown cause {n}",
                        "question": "What next?",
                        "urgent": False,
                        "phase": ("assessment", "closed", "open", "data_completion")[n % 4],
                        "phase_since": now,
                        "workflow": "consultation",
                        "workflow_version": "",
                        "version": 1,
                        "created_at": now,
                        "urgent_reason": "",
                        "suspended_from": "",
                    }
                    for n in range(start, min(start + 10_000, count))
                ]
                connection.execute(insert(Panel), rows)
                connection.execute(
                    insert(PanelWord),
                    [
                        {"word": w, "panel_id": r["id"]}
                        for r in rows
                        for w in words_of(f"{r['number']} {r['title']}")
                    ],
                )
    finally:
        db.writing.reset(token)
        connection.close()
    with db.engine().connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()


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
            client = app.test_client()
            client.set_cookie("portal_session", begin_for_tests(world.people["coordinator"]))
            pages = {
                "plain page": ("/plain", 1.0),
                "empty page": ("/accessibility", 3.0),
                "For me": ("/for-me/", 4.0),
                "panel list": ("/ern/nmd/panels/", 4.0),
                "FAB list of areas": ("/configuration/areas/list/", 10.0),
            }
            fill_panels(world, 1000)
            failed = _report_pages(client, pages)
            failed |= _report_growth(client, world, large)
    sys.exit(1 if failed else 0)


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


def _report_growth(client: Any, world: World, large: int) -> bool:
    def calls() -> dict[str, Callable[[], Any]]:
        middle = db.session.execute(
            text("SELECT id FROM panel ORDER BY id LIMIT 1 OFFSET 500")
        ).scalar()
        return {
            "first page": _get(client, "/ern/nmd/panels/"),
            "keyset page": _get(client, f"/ern/nmd/panels/?before={middle}"),
            "search": _get(client, "/search?q=weakness+0000123"),
        }

    small = measure(calls())
    fill_panels(world, large)
    grown = measure(calls())
    failed = False
    print(f"\n{'panel list':<22}{'1,000':>8}{large:>12,}{'ratio':>8}")
    for name in small:
        ratio = grown[name] / small[name]
        failed |= ratio > 1.2
        print(
            f"{name:<22}{small[name]:>8.2f}{grown[name]:>12.2f}{ratio:>8.2f}{'  over' if ratio > 1.2 else ''}"
        )
    return failed


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    main()

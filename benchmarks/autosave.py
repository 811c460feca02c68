"""Saves per second and core over HTTP, and the ratio against a plain Flask route with one UPDATE.

Two gunicorn servers with one gthread worker each, on loopback and PostgreSQL: the portal, and a Flask
application whose only route changes one row by its primary key and commits. The same four clients with
kept connections ask both in turn, some seconds each, several rounds; the best round counts. "Per core" is
saves divided by the processor seconds of the worker, read from /proc: the machine may be shared.
``PORTAL_BENCH_DATABASE`` names a PostgreSQL server on which databases may be made (127.0.0.1:5432 by
default), ``PORTAL_BENCH_SECONDS`` the length of a round. Limit: 15 times the processor time of the
plain route, which also holds on a busy machine; the aim is 150 saves per second and core.
"""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from portal import migrate
from portal.access.actor import system
from portal.access.fab import sync_roles
from portal.app import create_app
from portal.forms.service import ensure_response
from portal.kernel import db
from portal.kernel.ids import new_id
from portal.networks.service import sync_networks
from portal.patients import service as patients
from portal.patients.commands import EnrolPatient, NewConsent
from portal.patients.vault import Identity
from portal.people.actors import load_actor
from portal.people.sessions import begin_for_tests
from portal.settings import load
from portal.testing.world import build_world

SERVER = os.environ.get(
    "PORTAL_BENCH_DATABASE", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
)
SECONDS = float(os.environ.get("PORTAL_BENCH_SECONDS", "4"))
ROUNDS, CLIENTS = 3, 4
LIMIT, AIM = 15, 150
NAME = "portal_bench_autosave"
HERE = Path(__file__).resolve().parent


@dataclass
class Round:
    """What one round came to."""

    requests: int
    wall: float
    cpu: float

    @property
    def per_second(self) -> float:
        return self.requests / self.wall

    @property
    def per_core(self) -> float:
        return self.requests / self.cpu


def plain() -> Flask:
    """Return the application to compare with (gunicorn calls this)."""
    app = Flask("plain")
    engine = create_engine(os.environ["BENCH_URL"], pool_size=10)
    statement = text("UPDATE bench_plain SET note = :note WHERE id = :id")

    @app.post("/<int:number>")
    def save(number: int) -> dict[str, int]:
        from flask import request

        with engine.begin() as connection:
            connection.execute(statement, {"note": request.get_json()["note"], "id": number})
        return {"saved": number}

    return app


def prepare(url: str, folder: str) -> list[tuple[str, str]]:
    """Fill the database; return the address of a form and a session's cookie for each client."""
    settings = load(
        {}, ENV="test", DATABASE_URL=url, DATA_DIR=folder, MAIL_CHANNEL="none", WORKER="none"
    )
    app = create_app(settings)
    migrate.upgrade()
    with app.app_context():
        sync_roles(system("sync"))
        sync_networks(system("sync"))
        world = build_world()
        actor = load_actor(world.people["enroller"])
        consent = NewConsent("care", given=True, signer="patient", signed_on=date(2026, 1, 2))
        found = []
        for number in range(CLIENTS):
            identity = Identity(f"Jan{number}", "Jansen", date(1984, 3, 27))
            command = EnrolPatient(
                world.centres["utrecht"], world.networks["nmd"], identity, "male", "NL", (consent,)
            )
            patient = patients.enrol(actor, command)
            ensure_response(actor, patient)
            found.append(
                (f"/patient/{patient}/form/present_illness/", begin_for_tests(actor.person_id))
            )
    with db.engine().begin() as connection:
        connection.execute(text("CREATE TABLE bench_plain (id integer PRIMARY KEY, note text)"))
        connection.execute(
            text("INSERT INTO bench_plain SELECT g, '' FROM generate_series(1, 1000) g")
        )
    db.session.remove()
    db.engine().dispose()
    return found


@contextmanager
def served(target: str, environment: dict[str, str], folder: Path) -> Iterator[tuple[int, int]]:
    """Start gunicorn with one worker; yield its port and the worker's process id."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "gunicorn", target, "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread",
        "--workers", "1", "--threads", str(CLIENTS), "--keep-alive", "30", "--log-level", "error",
        "--worker-tmp-dir", str(folder), "--chdir", str(HERE),
    ]  # fmt: skip
    process = subprocess.Popen(command, env={**os.environ, **environment})
    try:
        yield port, _worker_of(process.pid, port)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


def _worker_of(master: int, port: int) -> int:
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
            if children:
                return int(children[0])
        except OSError:
            time.sleep(0.2)
    sys.exit("the server did not start")


def cpu_seconds(pid: int) -> float:
    """Return the processor seconds that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(pid: int, senders: list[Callable[[], None]]) -> Round:
    """Have every sender send for a while."""
    counts = [0] * len(senders)
    ends = time.monotonic() + SECONDS

    def work(index: int) -> None:
        while time.monotonic() < ends:
            senders[index]()
            counts[index] += 1

    began, used = time.monotonic(), cpu_seconds(pid)
    threads = [threading.Thread(target=work, args=(i,)) for i in range(len(senders))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Round(sum(counts), time.monotonic() - began, cpu_seconds(pid) - used)


class Client:
    """One kept connection."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> bytes:
        data = json.dumps(body) if body is not None else None
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request(method, path, data, {"Content-Type": "application/json", **named})
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            sys.exit(f"{method} {path}: {answer.status} {content[:300]!r}")
        return content


def portal_sender(port: int, address: str, cookie: str) -> Callable[[], None]:
    """Return a function that saves one changed answer as the page's script does."""
    client = Client(port)
    cookies = {"Cookie": f"portal_session={cookie}"}
    page = client.ask("GET", address, **cookies).decode()
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    found = re.search(r'data-autosave-url="([^"]+)"', page)
    assert found
    versions = {"case_summary": 0}

    def send() -> None:
        text_now = f"Weak since birth, walks with help, CK raised. {new_id()}"
        message = {"changes": {"case_summary": text_now}, "base": dict(versions), "key": new_id()}
        body = client.ask(
            "POST",
            found[1],
            message,
            X_CSRFToken=token[1],
            Accept="application/json",
            **cookies,
        )
        versions["case_summary"] = json.loads(body)["versions"]["case_summary"]

    return send


def plain_sender(port: int, number: int) -> Callable[[], None]:
    """Return a function that changes one row."""
    client = Client(port)
    return lambda: client.ask("POST", f"/{number}", {"note": new_id()}) and None


def main() -> None:
    """Print both, their ratio, and whether the limit is kept."""
    admin = create_engine(SERVER, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{NAME}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{NAME}"'))
    try:
        with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
            url = make_url(SERVER).set(database=NAME).render_as_string(hide_password=False)
            compare(url, Path(folder), prepare(url, folder))
    finally:
        with admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{NAME}" WITH (FORCE)'))
        admin.dispose()


def compare(url: str, folder: Path, forms: list[tuple[str, str]]) -> None:
    environment = {
        "PORTAL_ENV": "test", "PORTAL_DATABASE_URL": url, "PORTAL_DATA_DIR": str(folder),
        "PORTAL_MAIL_CHANNEL": "none", "PORTAL_WORKER": "none", "BENCH_URL": url,
    }  # fmt: skip
    with (
        served("portal.wsgi:app", environment, folder) as (portal_port, portal_pid),
        served("autosave:plain()", environment, folder) as (plain_port, plain_pid),
    ):
        saves = [portal_sender(portal_port, *form) for form in forms]
        updates = [plain_sender(plain_port, number) for number in range(1, CLIENTS + 1)]
        for send in (*saves, *updates):
            send()  # warm: connections, compiled forms, plans
        rounds = [(measure(portal_pid, saves), measure(plain_pid, updates)) for _ in range(ROUNDS)]
    ours = max((r for r, _ in rounds), key=lambda r: r.per_core)
    theirs = max((r for _, r in rounds), key=lambda r: r.per_core)
    print(f"portal autosave: {ours.per_second:.0f} saves/s, {ours.per_core:.0f} per core")
    print(f"plain UPDATE:    {theirs.per_second:.0f} requests/s, {theirs.per_core:.0f} per core")
    ratio = theirs.per_core / ours.per_core
    reached = "reached" if ours.per_core >= AIM else "not reached in this run"
    print(f"ratio of processor time per request: {ratio:.1f}; aim of {AIM} per core {reached}")
    if ratio > LIMIT:
        sys.exit(f"a save costs more than {LIMIT} times the plain route")


if __name__ == "__main__":
    main()

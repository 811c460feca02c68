"""Run in a process of its own: a save during which PostgreSQL ends the connection. Prints JSON.

Arguments: the URL of a server on which databases may be made, a folder for the application's data.
"""

import json
import re
import sys
from datetime import date
from typing import Any

from flask import Flask
from sqlalchemy import create_engine, event, func, select, text
from sqlalchemy.engine import Connection, make_url

from portal import migrate
from portal.access.actor import system
from portal.access.fab import sync_roles
from portal.app import create_app
from portal.forms.models import FormAnswer, FormAnswerChange
from portal.forms.service import ensure_response
from portal.kernel import db
from portal.networks.service import sync_networks
from portal.patients import service as patients
from portal.patients.commands import EnrolPatient, NewConsent
from portal.patients.vault import Identity
from portal.people.actors import load_actor
from portal.people.sessions import begin_for_tests
from portal.settings import load
from portal.testing.world import build_world

NAME = "portal_restart"


def main(server: str, folder: str) -> None:
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    run(admin, f'DROP DATABASE IF EXISTS "{NAME}" WITH (FORCE)')
    run(admin, f'CREATE DATABASE "{NAME}"')
    try:
        print(json.dumps(scenario(server, folder, admin)))
    finally:
        db.session.remove()
        db.engine().dispose()
        run(admin, f'DROP DATABASE IF EXISTS "{NAME}" WITH (FORCE)')
        admin.dispose()


def run(engine: Any, statement: str, **values: Any) -> None:
    with engine.connect() as connection:
        connection.execute(text(statement), values)


def scenario(server: str, folder: str, admin: Any) -> dict[str, Any]:
    url = make_url(server).set(database=NAME).render_as_string(hide_password=False)
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
        command = EnrolPatient(
            world.centres["utrecht"], world.networks["nmd"],
            Identity("Jan", "Jansen", date(1984, 3, 27)), "male", "NL", (consent,),
        )  # fmt: skip
        patient = patients.enrol(actor, command)
        response = ensure_response(actor, patient)
        cookie = begin_for_tests(actor.person_id)
    ended = end_connections_during(admin, "INSERT INTO form_answer_change", times=2)
    return save(app, cookie, patient, response) | {"ended": len(ended)}


def end_connections_during(admin: Any, statement: str, times: int) -> list[int]:
    """Have PostgreSQL end the connection that is about to run ``statement``, some times."""
    ended: list[int] = []

    def end(connection: Connection, cursor: Any, sql: str, *rest: Any) -> None:
        del connection, rest
        if sql.startswith(statement) and len(ended) < times:
            pid = cursor.connection.info.backend_pid
            run(admin, "SELECT pg_terminate_backend(:pid)", pid=pid)
            ended.append(pid)

    event.listen(db.engine(), "before_cursor_execute", end)
    return ended


def save(app: Flask, cookie: str, patient: str, response: str) -> dict[str, Any]:
    client = app.test_client()
    client.set_cookie("portal_session", cookie)
    address = f"/patient/{patient}/form/request/"
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(address).text)
    assert token
    answer = client.post(
        f"{address}autosave",
        json={"changes": {"request_question": "Typed during the restart"}, "base": {}, "key": "k1"},
        headers={"X-CSRFToken": token[1]},
    )
    with app.app_context():
        key = {"response_id": response, "item_id": "request_question", "row_id": ""}
        stored = db.session.get(FormAnswer, tuple(key.values()))
        lines = select(func.count()).select_from(FormAnswerChange).filter_by(**key)
        return {
            "status": answer.status_code,
            "stored": stored.value if stored else None,
            "lines": db.session.scalar(lines),
        }


if __name__ == "__main__":
    main(*sys.argv[1:3])

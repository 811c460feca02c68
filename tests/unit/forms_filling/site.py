"""Run in a process of its own: the portal with the test world, a patient and logged-in people.

Arguments: a folder for the data, a port. When it answers, ``site.json`` lies in the folder.
"""

import json
import sys
from datetime import date
from pathlib import Path

import waitress

from portal import migrate
from portal.access.actor import system
from portal.access.fab import sync_roles
from portal.app import create_app
from portal.kernel import db
from portal.networks.service import sync_networks
from portal.patients import service as patients
from portal.patients.commands import EnrolPatient, NewConsent
from portal.patients.vault import Identity
from portal.people.actors import load_actor
from portal.people.sessions import begin_for_tests
from portal.settings import load
from portal.testing.world import build_world


def main(folder: str, port: int) -> None:
    settings = load(
        {}, ENV="test", DATA_DIR=folder, MAIL_CHANNEL="none", WORKER="none",
        BASE_URL=f"http://127.0.0.1:{port}",
    )  # fmt: skip
    app = create_app(settings)
    migrate.upgrade()
    with app.app_context():
        sync_roles(system("sync"))
        sync_networks(system("sync"))
        world = build_world()
        consent = NewConsent("care", given=True, signer="patient", signed_on=date(2026, 1, 2))
        command = EnrolPatient(
            world.centres["utrecht"], world.networks["nmd"],
            Identity("Jan", "Jansen", date(1984, 3, 27)), "male", "NL", (consent,),
            nickname="Amber Kestrel 417",
        )  # fmt: skip
        patient = patients.enrol(load_actor(world.people["enroller"]), command)
        cookies = {
            name: begin_for_tests(world.people[name])
            for name in ("enroller", "assistant", "colleague")
        }
        db.session.remove()
    ready = Path(folder) / "site.json"
    ready.with_suffix(".new").write_text(json.dumps({"patient": patient, "cookies": cookies}))
    ready.with_suffix(".new").replace(ready)
    waitress.serve(app, host="127.0.0.1", port=port, threads=8, ident=None)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))

"""``portal run`` and ``portal worker``."""

import signal
import subprocess
import sys
import threading
from types import FrameType

import click

from portal.settings import load


@click.command()
@click.option("--host", default=None, help="Address to listen on (setting HOST).")
@click.option("--port", type=int, default=None, help="Port to listen on (setting PORT).")
@click.option("--threads", default=8, show_default=True, help="Threads that answer requests.")
def run(host: str | None, port: int | None, threads: int) -> None:
    """Serve the portal with waitress (one process; behind gunicorn use portal.wsgi:app)."""
    import waitress

    from portal.app import create_app

    settings = load()
    if settings.database.startswith("sqlite") and not settings.production:
        _prepare_embedded()
    app = create_app(settings)
    stop = threading.Event()
    if settings.worker == "thread":
        _worker_thread(app, stop)
    address, number = host or str(settings.host), port or int(settings.port)
    click.echo(f"The portal answers at http://{address}:{number}")
    try:
        waitress.serve(app, host=address, port=number, threads=threads, ident=None)
    finally:
        stop.set()


def _prepare_embedded() -> None:
    """Bring the embedded database up to date; a served one is migrated at deploy time instead."""
    from portal import migrate
    from portal.kernel import db
    from portal.tables import import_models

    settings = load()
    settings.data_path.mkdir(parents=True, exist_ok=True)
    import_models()
    db.configure(settings.database)
    if not migrate.is_current():
        click.echo("preparing the database …")
        subprocess.run([sys.executable, "-m", "portal", "db", "upgrade"], check=True)


def _worker_thread(app: object, stop: threading.Event) -> None:
    from portal.jobs.worker import run_forever

    scope = app.app_context  # type: ignore[attr-defined]
    threading.Thread(target=run_forever, args=(stop, scope), name="worker", daemon=True).start()


@click.command()
@click.option("--once", is_flag=True, help="Carry out what is due now, then stop.")
def worker(*, once: bool) -> None:
    """Work the queue until stopped (SIGTERM lets the current job finish)."""
    from portal.app import create_app
    from portal.jobs.worker import run_forever, run_pending

    app = create_app(load())
    if once:
        with app.app_context():
            click.echo(f"{run_pending()} jobs done")
        return
    stop = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        del number, frame
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    run_forever(stop, app.app_context)

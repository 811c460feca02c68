"""``portal dev``: everything for a laptop in one command; ``make run`` calls it."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

import click

from portal.kernel.errors import InvalidInputError
from portal.settings import Settings, load


@click.command()
@click.option("--assets/--no-assets", default=True, help="Build style sheets and scripts first.")
@click.option(
    "--demo/--no-demo", "with_demo", default=True, help="Build the demo world in an empty database."
)
def dev(*, assets: bool, with_demo: bool) -> None:
    """Build assets, migrate, make the demo world, start the identity provider, serve."""
    settings = load()
    if settings.production:
        raise InvalidInputError(
            "'portal dev' is for development.",
            hint="In production use: portal db upgrade; gunicorn portal.wsgi:app",
        )
    _check_port(str(settings.host), int(settings.port), "PORTAL_PORT={}")
    if assets:
        from portal.assets.build import build

        click.echo("building style sheets and scripts …")
        build()
    _prepare_database(with_demo=with_demo)
    signal.signal(signal.SIGTERM, _end)  # so that the provider is stopped too
    provider = start_provider(settings)
    try:
        _say_hello(settings)
        from portal.cli.serve import run

        run.main(args=[], standalone_mode=False)
    finally:
        provider.terminate()
        provider.wait(timeout=10)


def _end(number: int, frame: FrameType | None) -> None:
    del number, frame
    sys.exit(0)


def _check_port(host: str, port: int, variable: str) -> None:
    with socket.socket() as probe:
        if probe.connect_ex((host, port)) == 0:
            raise InvalidInputError(
                f"Port {port} is taken.",
                hint=f"Choose another one: {variable.format(port + 1)} make run",
            )


def _prepare_database(*, with_demo: bool) -> None:
    from portal.cli import main

    _command(main, "db", "upgrade")
    if with_demo and _is_empty():
        click.echo("making the demo world …")
        _command(main, "demo")


def _command(main: object, *arguments: str) -> None:
    """Run a command in a process of its own: each configures the database for itself."""
    del main
    subprocess.run([sys.executable, "-m", "portal", *arguments], check=True)  # noqa: S603 - our own module


def _is_empty() -> bool:
    from sqlalchemy import func, select

    from portal.kernel import db
    from portal.people.models import Person

    db.configure(load().database)
    try:
        return not db.session.scalar(select(func.count()).select_from(Person))
    finally:
        db.session.remove()
        db.engine().dispose()


def start_provider(settings: Settings) -> "subprocess.Popen[bytes]":
    """Start the embedded OpenID provider with the demo accounts; return its process."""
    from portal.demo import demo_accounts

    issuer = urlsplit(str(settings.oidc_issuer))
    host, port = issuer.hostname or "127.0.0.1", issuer.port or 9400
    _check_port(host, port, f"PORTAL_OIDC_ISSUER=http://{host}:{{}}")
    claims = [
        {
            "sub": a.sub,
            "name": a.name,
            "given_name": a.given_name,
            "family_name": a.family_name,
            "email": a.email,
            "role": a.role,
        }
        for a in demo_accounts()
    ]
    script = shutil.which("oidc-provider-mock", path=str(Path(sys.executable).parent))
    command = [script] if script else [sys.executable, "-m", "oidc_provider_mock"]
    arguments = [part for claim in claims for part in ("--user-claims", json.dumps(claim))]
    with (settings.data_path / "identity-provider.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - a package of our requirements
            [*command, "--host", host, "--port", str(port), *arguments],
            stdout=log,
            stderr=log,
            env={**os.environ, "NO_COLOR": "1"},
        )
    _await_port(process, host, port)
    return process


def _await_port(process: "subprocess.Popen[bytes]", host: str, port: int) -> None:
    for _ in range(150):
        with socket.socket() as probe:
            if probe.connect_ex((host, port)) == 0:
                return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise InvalidInputError(
        "The identity provider did not start.",
        hint="Its log is identity-provider.log in the data folder.",
    )


def _say_hello(settings: Settings) -> None:
    from portal.demo import demo_accounts

    click.echo(
        f"\n  The portal:  {settings.base_url}\n  Log in as one of these (click the name on the login page):\n"
    )
    for account in demo_accounts():
        if account.role:
            click.echo(f"    {account.sub:<16} {account.name:<30} {account.role}")
    click.echo("\n  Stop with Ctrl+C.\n")

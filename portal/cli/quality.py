"""``portal check``: what CI checks besides the tests."""

import subprocess
import sys
from pathlib import Path

import click

_ROOT = Path(__file__).resolve().parents[2]


@click.command()
@click.argument("paths", nargs=-1)
def check(paths: tuple[str, ...]) -> None:
    """Check style, types, import order and definitions; PATHS narrow style and types."""
    where = list(paths) or ["portal", "plugins", "tests", "migrations", "benchmarks", "setup.py"]
    python = sys.executable
    steps = {
        "style": [python, "-m", "ruff", "check", *where],
        "format": [python, "-m", "ruff", "format", "--check", *where],
        "types": [python, "-m", "mypy", *(list(paths) or ["portal"])],
        "import order": [str(Path(python).parent / "lint-imports"), "--no-cache"],
        "definitions": [python, "-m", "portal", "forms", "check"],
    }
    failed = []
    for title, command in steps.items():
        click.echo(f"-- {title}")
        if subprocess.run(command, cwd=_ROOT, check=False).returncode:  # noqa: S603 - our own tools
            failed.append((title, command))
    for title, command in failed:
        click.echo(f"{title} failed. To repeat it: {' '.join(command)}", err=True)
    if failed:
        raise SystemExit(1)

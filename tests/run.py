"""Everything that CI runs: checks, tests on SQLite, tests on PostgreSQL, browser journeys on both.

Arguments are passed on to pytest: ``python tests/run.py tests/unit/panels`` runs those on SQLite only.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))
from tools import chromium, postgres  # noqa: E402 - needs the path above


def run(title: str, command: list[str], **environment: str) -> None:
    """Run one step; stop everything when it fails, naming the command that repeats it."""
    print(f"== {title}", flush=True)
    began = time.monotonic()
    result = subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, check=False)
    print(f"== {title}: {time.monotonic() - began:.0f} s", flush=True)
    if result.returncode:
        setting = " ".join(f"{k}={v}" for k, v in environment.items())
        sys.exit(f"{title} failed. To repeat it: {setting} {' '.join(command)}")


def main(paths: list[str]) -> None:
    """Run all steps, or only the named tests on SQLite."""
    python = sys.executable
    pytest = [
        python,
        "-m",
        "pytest",
        "-q",
        "-n",
        str(min(4, os.cpu_count() or 2)),
        "--dist",
        "loadfile",
        "--durations=8",
    ]
    run("assets", [python, "-m", "portal", "assets"])
    environment = {"PORTAL_CHROMIUM": chromium.find_or_install()}
    if paths:
        run("tests", [python, "-m", "pytest", *paths], **environment)
        return
    run("checks", [python, "-m", "portal", "check"])
    run("tests on SQLite", pytest, **environment)
    with postgres.server() as url:
        run(
            "tests on PostgreSQL",
            [*pytest, "-m", "database"],
            PORTAL_TEST_DATABASE=url,
            **environment,
        )


if __name__ == "__main__":
    if not shutil.which("git"):
        print("note: git is missing; the checks of copied files are weaker")
    main(sys.argv[1:])

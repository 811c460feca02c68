"""A database that restarts in the middle of a save: the writer notices nothing."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tools import postgres

SCENARIO = Path(__file__).with_name("restart_scenario.py")


@pytest.mark.postgres
def test_a_save_survives_the_end_of_its_database_connection(tmp_path: Path) -> None:
    with postgres.server() as url:
        done = subprocess.run(
            [sys.executable, str(SCENARIO), url, str(tmp_path)],
            cwd=SCENARIO.parents[3], capture_output=True, text=True, timeout=180, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    outcome = json.loads(done.stdout.strip().splitlines()[-1])
    assert outcome["ended"] == 2, "the connection was really ended, twice"
    assert (outcome["status"], outcome["stored"]) == (200, "Typed during the restart")
    assert outcome["lines"] == 1, "the repeated attempts count once"

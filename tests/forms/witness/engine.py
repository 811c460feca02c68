"""Installs HL7's FHIRPath engine from its lock file, once per lock file."""

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

from portal.assets.build import AssetBuildError, find_node

TOOLS = Path(__file__).resolve().parents[2] / "tools" / "fhirpath"
MENDING = f"npm ci --ignore-scripts --prefix {TOOLS.relative_to(TOOLS.parents[2])}"


def installed_engine() -> tuple[str, Path, dict[str, str]]:
    """Return node, the package file to resolve the engine from, and the environment to run in."""
    try:
        environment = find_node().environment()
    except AssetBuildError as error:
        pytest.fail(f"The FHIRPath engine needs Node. {error.hint}", pytrace=False)
    mark = TOOLS / "node_modules" / ".lock.sha256"
    wanted = hashlib.sha256((TOOLS / "package-lock.json").read_bytes()).hexdigest()
    if not mark.is_file() or mark.read_text(encoding="utf-8") != wanted:
        npm = shutil.which("npm", path=environment["PATH"]) or "npm"
        done = subprocess.run(
            [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=TOOLS, env=environment, capture_output=True, text=True, timeout=600, check=False,
        )  # fmt: skip
        if done.returncode:
            pytest.fail(
                f"The engine was not installed. Run: {MENDING}\n{done.stderr}", pytrace=False
            )
        mark.write_text(wanted, encoding="utf-8")
    node = shutil.which("node", path=environment["PATH"]) or "node"
    return node, TOOLS / "package.json", {**environment, "TZ": "UTC"}

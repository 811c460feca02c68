"""Plugins: loaded, verified, isolated, active only where their network has them enabled."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from portal.access.actor import system
from portal.extend import PluginManager, hookimpl
from portal.extend.declarative import NetworkPlugin
from portal.extend.specs import CardSpec, Event, OverlaySpec
from portal.kernel.errors import DefinitionError
from portal.testing.contract import check_plugin

ROOT = Path(__file__).resolve().parents[3]
EVENT = Event("panel-moved", system("test"), "panel:1")


@pytest.fixture
def manager() -> PluginManager:
    return PluginManager()


def test_all_24_networks_are_plugins_that_keep_the_contract(manager: PluginManager) -> None:
    manager.load()
    networks = {spec.code: spec for _, spec in manager.collect("register_networks")}
    assert len(networks) == 24
    assert networks["nmd"].short_name == "EURO-NMD"
    assert networks["eye"].title == "European Reference Network on rare eye diseases"
    assert {"retinal_eye_diseases", "neuro_ophthalmology"} <= {
        a.code for a in networks["eye"].areas
    }
    for loaded in manager.loaded():
        assert check_plugin(manager.pm.get_plugin(loaded.name)) == [], loaded.name


def test_none_and_a_list_of_names_are_honoured(manager: PluginManager) -> None:
    manager.load("none")
    assert manager.loaded() == []
    manager.load("ern_eye, ern_nmd")
    assert [p.name for p in manager.loaded()] == ["ern_eye", "ern_nmd"]


def test_an_unknown_plugin_names_the_nearest(manager: PluginManager) -> None:
    with pytest.raises(DefinitionError, match="Did you mean 'ern_eye'"):
        manager.load("ern_eyes")


def test_a_misspelt_hook_stops_the_start_and_names_the_nearest(manager: PluginManager) -> None:
    class Wrong:
        @hookimpl
        def on_panel_move(self, event: Event) -> None:
            """Never called."""

    manager.register(Wrong(), "wrong")
    with pytest.raises(DefinitionError, match="on_panel_move.*Did you mean 'on_panel_moved'"):
        manager.load("ern_eye")


def test_a_failing_register_hook_names_plugin_and_hook(manager: PluginManager) -> None:
    class Broken:
        @hookimpl
        def register_jobs(self) -> list[Any]:
            raise RuntimeError("no jobs today")

    manager.register(Broken(), "broken")
    with pytest.raises(
        DefinitionError, match=r"broken: \[register_jobs\] register_jobs failed: no jobs today"
    ):
        manager.collect("register_jobs")


def test_page_hooks_leave_a_failing_plugin_out(manager: PluginManager) -> None:
    class Good:
        @hookimpl
        def global_cards(self) -> list[CardSpec]:
            return [CardSpec("good", "Good", "x.html", {})]

    class Bad:
        @hookimpl
        def global_cards(self) -> list[CardSpec]:
            raise RuntimeError("boom")

    manager.register(Bad(), "bad")
    manager.register(Good(), "good")
    assert [card.key for card in manager.widgets("global_cards", actor=system("test"))] == ["good"]


def test_a_check_that_raises_counts_as_a_veto(manager: PluginManager) -> None:
    class Bad:
        @hookimpl
        def check_enrolment(self, centre: str) -> str:
            raise RuntimeError(centre)

    class Says:
        @hookimpl
        def check_enrolment(self, centre: str) -> str | None:
            return "closed in August" if centre == "NL-UTR" else None

    manager.register(Says(), "says")
    arguments = {"actor": system("test"), "network": "nmd"}
    assert manager.vetoes("check_enrolment", centre="NL-UTR", **arguments) == ["closed in August"]
    assert manager.vetoes("check_enrolment", centre="FR-LYO", **arguments) == []
    manager.register(Bad(), "bad")
    assert "could not be carried out" in " ".join(
        manager.vetoes("check_enrolment", centre="FR-LYO", **arguments)
    )


def test_events_reach_the_others_when_one_fails(manager: PluginManager) -> None:
    heard: list[str] = []

    class Bad:
        @hookimpl
        def on_panel_moved(self, event: Event) -> None:
            raise RuntimeError(event.name)

    class Good:
        @hookimpl
        def on_panel_moved(self, event: Event) -> None:
            heard.append(event.subject)

    manager.register(Good(), "good")
    manager.register(Bad(), "bad")
    assert manager.notify("on_panel_moved", event=EVENT) == ["bad"]
    assert heard == ["panel:1"]


def test_a_network_plugin_acts_only_in_its_enabled_network(manager: PluginManager) -> None:
    manager.load("ern_nmd,ern_eye")
    pairs = [("ern_nmd", OverlaySpec("nmd", "consultation", ROOT)), ("everywhere", "x")]
    assert manager.active_for("nmd", pairs, enabled=True) == [pairs[0][1], "x"]
    assert manager.active_for("nmd", pairs, enabled=False) == ["x"]
    assert manager.active_for("eye", pairs, enabled=True) == ["x"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("network: x1\nshort_name: X\ntitle: T\narea: {a: A}\n", "Did you mean 'areas'"),
        (
            "network: X1\nshort_name: X\ntitle: T\nareas: {a: A}\n",
            "network.yaml:1: [network] a code is",
        ),
        ("network: x1\ntitle: T\nareas: {a: A}\n", "'short_name' is missing"),
        (
            "network: x1\nshort_name: X\ntitle: T\nareas: {a: A}\nsettings: {quorums: 2}\n",
            "Did you mean 'quorum'",
        ),
        ("network: x1\nnetwork: x2\nshort_name: X\ntitle: T\nareas: {a: A}\n", "stands twice"),
        ("network: [x1\n", "not valid YAML"),
        ("", "empty or not a mapping"),
    ],
)
def test_wrong_yaml_names_file_line_key_and_nearest(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "network.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        NetworkPlugin(str(tmp_path / "plugin.py"))
    assert says in str(caught.value)
    assert "network.yaml" in str(caught.value)


def test_portal_plugins_new_writes_a_plugin_whose_test_passes(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "portal", "plugins", "new", "sample", "--into", str(tmp_path)]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    tested = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            f"--rootdir={tmp_path}",
            "--import-mode=prepend",
            str(tmp_path),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path), "PATH": ""},
    )
    assert "1 passed" in tested.stdout, tested.stdout + tested.stderr
    again = subprocess.run(command, capture_output=True, text=True, check=False)
    assert again.returncode == 2
    assert "is there already" in again.stderr


@pytest.mark.parametrize("code", ["Big", "9x", "a-b", "x" * 50])
def test_portal_plugins_new_refuses_a_bad_code(code: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "portal", "plugins", "new", code, "--into", str(tmp_path)]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    assert made.returncode == 2
    assert "cannot be a code" in made.stderr
    assert list(tmp_path.iterdir()) == []

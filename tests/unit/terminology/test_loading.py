"""Releases: staged load, checks, atomic switch, licences, versions side by side."""

import shutil
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.terminology.content import ancestors, find_cycle, parents_of
from portal.terminology.errors import LoadError, UnknownReleaseError
from portal.terminology.loading import Terms
from portal.terminology.packs import packs_folder
from portal.terminology.registry import Registry, Release
from portal.terminology.service import Terminology

from .conftest import load

HEAD = "code,display,parent,active,replaced_by,alternative\n"
ROWS = "8000/3,Neoplasm,,,,\n9500/3,Neuroblastoma,8000/3,,,\n9490/3,Old name,8000/3,false,9491/3,\n"
ROWS += "9491/3,Older name,8000/3,false,9500/3,\n"


def _file(tmp_path: Path, rows: str, name: str = "list.csv") -> Path:
    path = tmp_path / name
    path.write_text(HEAD + rows, encoding="utf-8")
    return path


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Terminology]:
    """An installation whose ICD-O pack accepts tiny releases."""
    folder = tmp_path / "terminology_packs"
    shutil.copytree(packs_folder(), folder)
    manifest = folder / "icdo" / "pack.yaml"
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(text.replace("min_concepts: 1000", "min_concepts: 2"), encoding="utf-8")
    terms = Terminology(tmp_path / "data", folder)
    yield terms
    terms.close()


def test_a_release_replaces_the_sample_and_the_next_one_retains_it(
    small: Terminology, tmp_path: Path
) -> None:
    assert small.lookup("icdo", "9510/3").display == "Retinoblastoma"
    load(small, "icdo", _file(tmp_path, ROWS), version="3.1")
    assert [(x.version, x.status) for x in small.releases("icdo")] == [("3.1", "active")]
    assert small.lookup("icdo", "9500/3").display == "Neuroblastoma"
    load(
        small,
        "icdo",
        _file(tmp_path, ROWS.replace("Neuroblastoma", "Neuroblastoma NOS")),
        version="3.2",
    )
    assert [(x.version, x.status) for x in small.releases("icdo")] == [
        ("3.1", "retained"),
        ("3.2", "active"),
    ]
    assert small.lookup("icdo", "9500/3").display == "Neuroblastoma NOS"
    assert small.lookup("icdo", "9500/3", version="3.1").display == "Neuroblastoma"
    small.registry.activate("icdo", "3.1")
    assert small.lookup("icdo", "9500/3").version == "3.1"


def test_replacement_chains_end_at_an_active_code(small: Terminology, tmp_path: Path) -> None:
    load(small, "icdo", _file(tmp_path, ROWS), version="3.1")
    view = small.lookup("icdo", "9490/3")
    assert view.active is False
    assert view.replacements == (("9500/3", "replaced-by", "9491/3"),)
    hit = small.search(["icdo"], "9490/3")[0]
    assert (hit.inactive, hit.selectable, hit.replaced_by) == (True, False, "9500/3")
    assert hit.replaced_by_display == "Neuroblastoma"


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (ROWS + "8000/3,Something else,,,,\n", "'8000/3' stands twice"),
        ("8000/3,Neoplasm,9500/3,,,\n9500/3,Neuroblastoma,8000/3,,,\n", "runs in a circle"),
        ("8000/3,Neoplasm,,,,\n", "1 concepts, but a whole release has at least 2"),
        ("x y,Neoplasm,,,,\nzz,b,,,,\n", "do not look like"),
        ("8000/3,Neo\ufffdplasm,,,,\n9500/3,b,,,,\n", "unreadable character"),
        ("8000/3,a,1,,,\n9500/3,b,2,,,\n", "edges end in nothing"),
        ('8000/3,"a,,,,\n', "not readable as a table"),
    ],
)
def test_a_broken_file_leaves_the_old_release_active(
    small: Terminology, tmp_path: Path, rows: str, reason: str
) -> None:
    load(small, "icdo", _file(tmp_path, ROWS), version="3.1")
    with pytest.raises(LoadError, match=reason):
        load(small, "icdo", _file(tmp_path, rows), version="3.2")
    assert [(x.version, x.status) for x in small.releases("icdo")] == [("3.1", "active")]
    assert small.lookup("icdo", "9500/3").version == "3.1"
    assert list((small.registry.folder / "icdo").glob("*.partial")) == []


def test_a_full_disk_leaves_nothing_behind(
    small: Terminology, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(small, "icdo", _file(tmp_path, ROWS), version="3.1")
    target = small.registry.folder / "icdo"
    before = sorted(target.iterdir())
    real_connect = sqlite3.connect

    def connect(path: object, *args: object, **more: object) -> sqlite3.Connection:
        made = real_connect(path, *args, **more)  # type: ignore[arg-type]
        if str(path).endswith(".partial"):
            made.execute("PRAGMA max_page_count=20")
        return made

    monkeypatch.setattr("portal.terminology.index_build.sqlite3.connect", connect)
    with pytest.raises(LoadError, match="full"):
        load(small, "icdo", _file(tmp_path, ROWS), version="3.3")
    assert sorted(target.iterdir()) == before


def test_a_closed_licence_needs_a_name(small: Terminology, tmp_path: Path) -> None:
    path = _file(tmp_path, ROWS)
    with pytest.raises(LoadError, match="only be loaded under its licence") as caught:
        small.loading.load(small.pack("icdo"), [path], Terms(version="3.1"))
    assert "--accept-licence" in caught.value.hint
    report = small.loading.load(
        small.pack("icdo"), [path], Terms(version="3.1", accepted_by="Hospital X")
    )
    assert report.release.accepted_by == "Hospital X"
    assert report.release.accepted_at.endswith("+00:00")


def test_two_releases_cannot_share_a_version(small: Terminology, tmp_path: Path) -> None:
    path = _file(tmp_path, ROWS)
    load(small, "icdo", path, version="3.1")
    load(small, "icdo", path, version="3.1")
    other = _file(tmp_path, ROWS + "9510/3,Retinoblastoma,8000/3,,,\n", "other.csv")
    with pytest.raises(LoadError, match="already loaded from another file") as caught:
        load(small, "icdo", other, version="3.1")
    assert "--as VERSION" in caught.value.hint


def test_a_staged_release_waits(small: Terminology, tmp_path: Path) -> None:
    load(small, "icdo", _file(tmp_path, ROWS), version="3.1")
    other = _file(tmp_path, ROWS.replace("Neuro", "Retino"), "other.csv")
    load(small, "icdo", other, version="3.2", activate=False)
    assert small.lookup("icdo", "9500/3").display == "Neuroblastoma"
    assert small.lookup("icdo", "9500/3", version="3.2").display == "Retinoblastoma"
    small.registry.drop("icdo", "3.2")
    with pytest.raises(UnknownReleaseError, match=r"loaded: 3\.1"):
        small.lookup("icdo", "9500/3", version="3.2")


def test_files_that_nobody_expects(small: Terminology, tmp_path: Path) -> None:
    (tmp_path / "notes.docx").write_bytes(b"x")
    with pytest.raises(LoadError, match="no file here is named like one of"):
        load(small, "icdo", tmp_path / "notes.docx", version="1")
    with pytest.raises(LoadError, match="no such file or folder"):
        load(small, "icdo", tmp_path / "nowhere", version="1")
    with pytest.raises(LoadError, match="name no version"):
        load(small, "icdo", _file(tmp_path, ROWS))
    with pytest.raises(LoadError, match="Did you mean 'csv'"):
        load(small, "icdo", _file(tmp_path, ROWS), version="1", loader="cvs")


def test_another_process_sees_the_switch(small: Terminology, tmp_path: Path) -> None:
    other = Terminology(small.registry.folder.parent)
    assert other.lookup("icdo", "9510/3").display == "Retinoblastoma"
    load(small, "icdo", _file(tmp_path, ROWS), version="3.1")
    assert other.lookup("icdo", "9500/3").version == "3.1"
    other.close()


def test_many_threads_search_while_releases_change(small: Terminology, tmp_path: Path) -> None:
    faults: list[BaseException] = []
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            try:
                assert small.search(["icdo"], "neuroblast")
            except BaseException as error:
                faults.append(error)
                return

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(6):
        rows = ROWS + f"95{number:02d}/1,Neuroblast {number},8000/3,,,\n"
        load(small, "icdo", _file(tmp_path, rows), version=f"v{number}")
    stop.set()
    for thread in threads:
        thread.join(timeout=20)
    assert faults == []


def test_the_registry_keeps_one_active_release(tmp_path: Path) -> None:
    registry = Registry(tmp_path)
    assert registry.releases() == []
    for version in ("1", "2"):
        registry.put(Release("toy", version, "active", f"{version}.sqlite", version))
    assert [x.status for x in registry.releases("toy")] == ["retained", "active"]
    with pytest.raises(UnknownReleaseError):
        registry.activate("toy", "3")


def test_graph_questions() -> None:
    parents = parents_of({("c", "b"), ("b", "a"), ("c", "a"), ("d", "c")})
    assert ancestors(parents)["d"] == {"a", "b", "c"}
    assert find_cycle(parents) == []
    assert find_cycle(parents_of({("a", "b"), ("b", "c"), ("c", "a")})) in (
        ["a", "b", "c", "a"],
        ["b", "c", "a", "b"],
        ["c", "a", "b", "c"],
    )

"""The packs, a place for their indexes, and the publishers' real files beside the checkout."""

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from portal.terminology.api import EXTENSION
from portal.terminology.fhir.routes import create_blueprint
from portal.terminology.inputs import InputFile
from portal.terminology.loaders import Context, loader_class
from portal.terminology.loading import LoadReport, Terms
from portal.terminology.packs import Pack, PackNames, read_packs
from portal.terminology.records import Record
from portal.terminology.service import Terminology

from .fhir_cases import Client

ROOT = Path(__file__).resolve().parents[3]
SHARED = ROOT.parent / "shared" / "data" / "terminology"
VALUE_SETS = ROOT / "form_definitions" / "value_sets.yaml"

REAL = {
    "hpo": [
        "hpo/hp-2025-01-16.obo.zst",
        "hpo/phenotype-2025-01-16.hpoa.zst",
        "hpo/hpo-translations-2026-06-22.babelon.tar.zst",
        "hpo/hpo-repo-nl-2026-06.tar.zst",
    ],
    "orpha": [
        "orphanet/orphapacket-2025-12-09.json.tar.zst",
        "orphanet/ordo-mappings-2025-03-07.sssom.tsv.zst",
    ],
    "ucum": ["ucum/ucum-essence.xml.zst"],
    "icd10cm": ["icd/icd10cm-tabular-2026-04-01.xml.zst"],
    "snomed": ["snomed/ValueSet-snomed-intl-gps-20200930.json.zst"],
}


def shared(*names: str) -> list[Path]:
    """Return paths of the real files; their absence is a failure, not a skip."""
    paths = [SHARED / name for name in names]
    missing = [str(path) for path in paths if not path.exists()]
    assert not missing, f"the real releases are expected beside the checkout: {missing}"
    return paths


@pytest.fixture(scope="session")
def packs() -> dict[str, Pack]:
    return read_packs()


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminology]:
    """A terminology with starter content only, as a fresh installation has it."""
    terms = Terminology(tmp_path_factory.mktemp("samples"), value_set_files=[VALUE_SETS])
    yield terms
    terms.close()


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminology]:
    """A terminology with the whole HPO (nine languages), Orphanet, UCUM, ICD-10-CM, SNOMED GPS.

    Parallel test processes share one folder: the first one loads, the others wait for it.
    """
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "terminology-real"
    folder.mkdir(exist_ok=True)
    terms = Terminology(folder, value_set_files=[VALUE_SETS])
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        loaded = {release.pack for release in terms.releases() if not release.sample}
        for pack, names in REAL.items():
            if pack not in loaded:
                terms.loading.load(terms.pack(pack), shared(*names), Terms(accepted_by="A. Tester"))
    yield terms
    terms.close()


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Terminology]:
    """An empty installation of its own."""
    terms = Terminology(tmp_path / "data", value_set_files=[VALUE_SETS])
    yield terms
    terms.close()


@pytest.fixture(scope="session")
def fhir(samples: Terminology) -> Client:
    """A client of the FHIR interface, on starter content."""
    app = Flask("fhir")
    app.extensions[EXTENSION] = samples
    app.register_blueprint(create_blueprint(lambda view: view))
    return Client(app.test_client())


def records(
    packs: dict[str, Pack], loader: str, pack: str, *files: tuple[str, str | bytes], **options: str
) -> list[Record]:
    """Run one loader over (name, content) files and return all its records."""
    from io import BytesIO

    names = PackNames(packs)
    made = loader_class(loader)(Context(packs[pack], options, names.by_curie))
    out: list[Record] = []
    for name, content in files:
        data = content.encode() if isinstance(content, str) else content
        out += made.read(InputFile(name, BytesIO(data)))
    return out + list(made.finish())


def load(terms: Terminology, pack: str, *paths: Path, **how: object) -> LoadReport:
    """Load files with the licence accepted."""
    return terms.loading.load(
        terms.pack(pack),
        list(paths),
        Terms(accepted_by="A. Tester", **how),  # type: ignore[arg-type]
    )

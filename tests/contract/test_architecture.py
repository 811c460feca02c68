"""The rules of the house, checked on the source text."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(
    p
    for folder in ("portal", "plugins")
    for p in (ROOT / folder).rglob("*.py")
    if "node_modules" not in p.parts
)
TEMPLATES = sorted(p for p in (ROOT / "portal").rglob("templates/**/*.html"))
SCRIPTS = sorted((ROOT / "portal" / "assets" / "src").rglob("*.js"))
FORBIDDEN_NAMES = {"utils", "util", "helpers", "common", "misc"}
LONGEST_FILE = 320
LONGEST_FUNCTION = 60


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize("path", SOURCES, ids=_shown)
def test_a_file_is_read_in_one_sitting(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= LONGEST_FILE, (
        f"{_shown(path)} is longer than one sitting: split it by concern"
    )
    for function in _functions(ast.parse(text)):
        length = (function.end_lineno or 0) - function.lineno
        assert length <= LONGEST_FUNCTION, (
            f"{_shown(path)}:{function.lineno} {function.name} has {length} lines"
        )
    assert path.stem not in FORBIDDEN_NAMES, (
        f"'{path.stem}' says nothing: name the file after what it holds"
    )


def _lines_with(pattern: str, paths: list[Path]) -> list[str]:
    expression = re.compile(pattern)
    return [
        f"{_shown(path)}:{number}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if expression.search(line) and "# allowed:" not in line
    ]


def test_only_the_unit_of_work_commits() -> None:
    places = _lines_with(r"\.commit\(", SOURCES)
    assert [
        p for p in places if not p.startswith(("portal/kernel/uow.py", "portal/testing/"))
    ] == []


def test_tables_come_from_migrations_only() -> None:
    assert _lines_with(
        r"create_all\(", [*SOURCES, *sorted((ROOT / "tests").rglob("*.py"))][:-1]
    ) in (
        [],
        [
            p
            for p in _lines_with(r"create_all\(", sorted((ROOT / "tests").rglob("*.py")))
            if "test_architecture" in p
        ],
    )


def test_text_from_people_stays_escaped() -> None:
    assert _lines_with(r"\|\s*safe\b", TEMPLATES) == []
    assert _lines_with(r"autoescape\s*(=|\s)\s*(False|false)", [*SOURCES, *TEMPLATES]) == []


def test_pages_hold_to_the_strict_content_security_policy() -> None:
    assert _lines_with(r"\son[a-z]+\s*=\s*[\"']", TEMPLATES) == []
    assert _lines_with(r"\sstyle\s*=\s*[\"']", TEMPLATES) == []
    assert _lines_with(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", TEMPLATES) == []
    assert _lines_with(r"unsafe-(inline|eval)", [*SOURCES, *TEMPLATES, *SCRIPTS]) == []
    assert _lines_with(r"\beval\(|new Function\(|innerHTML\s*=", SCRIPTS) == []


def test_time_comes_from_the_clock() -> None:
    places = _lines_with(r"datetime\.(now|utcnow|today)\(|date\.today\(", SOURCES)
    assert [p for p in places if not p.startswith("portal/kernel/clock.py")] == []


def test_nothing_dangerous_is_loaded_or_run() -> None:
    assert (
        _lines_with(r"pickle\.loads|yaml\.load\(|shell=True|verify=False|\bexec\(", SOURCES) == []
    )


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def test_models_services_and_queries_know_no_http() -> None:
    layers = [
        p
        for p in SOURCES
        if p.is_relative_to(ROOT / "portal")
        and (
            p.stem in {"models", "service", "queries", "relations"}
            or p.parent.name in {"service", "queries"}
        )
    ]
    assert len(layers) > 15
    http = {
        _shown(p): sorted(
            m
            for m in _imports(p)
            if m.split(".")[0] in {"flask", "werkzeug", "flask_wtf", "flask_login"}
        )
        for p in layers
    }
    assert {place: modules for place, modules in http.items() if modules} == {}


def test_portal_never_imports_a_plugin_and_plugins_only_the_sdk() -> None:
    names = {p.parent.name for p in (ROOT / "plugins").glob("*/plugin.py")}
    assert len(names) >= 24
    for path in SOURCES:
        modules = _imports(path)
        if path.is_relative_to(ROOT / "plugins"):
            wrong = {
                m
                for m in modules
                if m.split(".")[0] == "portal"
                and not m.startswith(("portal.sdk", "portal.testing"))
            }
        else:
            wrong = {m for m in modules if m.split(".")[0] in names}
        assert not wrong, f"{_shown(path)} imports {wrong}"


def test_imports_inside_functions_stay_few() -> None:
    """Each is a place where the order of the rooms is not clear; the number may only shrink."""
    count = 0
    for path in SOURCES:
        if (
            path.is_relative_to(ROOT / "portal" / "cli")
            or path.is_relative_to(ROOT / "portal" / "testing")
            or path.stem == "cli"
        ):
            continue
        for function in _functions(ast.parse(path.read_text(encoding="utf-8"))):
            count += sum(isinstance(node, ast.Import | ast.ImportFrom) for node in function.body)
    assert count <= 25

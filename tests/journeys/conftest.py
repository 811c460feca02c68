"""A real browser against a running portal: real login provider, real database, the demo world."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from portal.cli.dev import start_provider
from portal.settings import load
from portal.testing.pytest_plugin import make_database, worker_name

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM_ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a journey."""
    for item in items:
        if "journeys" in Path(str(item.fspath)).parts:
            item.add_marker(pytest.mark.journey)


@dataclass(frozen=True)
class Stack:
    """A running portal: its address and the environment of its commands."""

    url: str
    environment: dict[str, str]

    def command(self, *arguments: str) -> str:
        """Run ``portal …`` on this stack and return what it prints."""
        done = subprocess.run(
            [sys.executable, "-m", "portal", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _environment(folder: Path, port: int, issuer: str) -> dict[str, str]:
    server = os.environ.get("PORTAL_TEST_DATABASE", "")
    database = make_database(server, f"portal_journey_{worker_name()}") if server else ""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PORTAL_")}
    return {
        **kept,
        "PORTAL_DATA_DIR": str(folder),
        "PORTAL_DATABASE_URL": database,
        "PORTAL_PORT": str(port),
        "PORTAL_BASE_URL": f"http://127.0.0.1:{port}",
        "PORTAL_OIDC_ISSUER": issuer,
        "PORTAL_MAIL_CHANNEL": "console",
    }


def wait_until_ready(url: str, process: "subprocess.Popen[bytes]") -> None:
    """Wait for ``/readyz``; fail when the server ends or takes too long."""
    for _ in range(300):
        assert process.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the server did not become ready")


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The portal with the demo world, served by the command that people use."""
    folder = tmp_path_factory.mktemp("portal")
    port, provider_port = free_port(), free_port()
    environment = _environment(folder, port, f"http://127.0.0.1:{provider_port}")
    stack = Stack(environment["PORTAL_BASE_URL"], environment)
    stack.command("db", "upgrade")
    stack.command("demo")
    settings = load({k: v for k, v in environment.items() if k.startswith("PORTAL_")})
    provider = start_provider(settings)
    log = (folder / "server.log").open("wb")
    server = subprocess.Popen(
        [sys.executable, "-m", "portal", "run"], env=environment, cwd=ROOT, stdout=log, stderr=log
    )
    try:
        wait_until_ready(stack.url, server)
        yield stack
    finally:
        for process in (server, provider):
            process.terminate()
            process.wait(timeout=15)
        log.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium; for one module, because Playwright runs only once in a process at a time."""
    path = os.environ.get("PORTAL_CHROMIUM") or shutil.which("chromium")
    assert path, "the journeys need Chromium: apt-get install chromium, or set PORTAL_CHROMIUM"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


def _note(errors: list[str], stack: Stack, page: Page, message: ConsoleMessage) -> None:
    """Keep console errors of our own pages; a refusal that a journey asks for is not one."""
    ours = page.url.startswith(stack.url)
    refusal = "server responded with a status of 4" in message.text
    if ours and message.type == "error" and not refusal:
        errors.append(f"{page.url}: {message.text}")


@pytest.fixture
def open_page(browser: Browser, stack: Stack) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a page in an own browser profile; console errors fail the test."""
    contexts = []
    errors: list[str] = []

    def make(**options: object) -> Page:
        context = browser.new_context(base_url=stack.url, locale="en-GB", **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: _note(errors, stack, page, message))
        page.on("pageerror", lambda error: errors.append(f"{page.url}: {error}"))
        page.set_default_timeout(15_000)
        return page

    yield make
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def log_in(open_page: Callable[..., Page], stack: Stack) -> Callable[..., Page]:
    """Return a function from a demo account (its subject) to a page logged in as that person."""

    def make(subject: str, path: str = "/", **options: object) -> Page:
        page = open_page(**options)
        page.goto(f"/login/?next={path}")
        page.get_by_role("button", name=subject, exact=True).click()
        page.wait_for_url(f"{stack.url}/**")
        expect(page.locator("#main")).to_be_visible()
        return page

    return make

"""One demo application per test module, over the test client or in a real browser."""

import sys
import threading
from pathlib import Path

import pytest
from werkzeug.serving import make_server

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parents[2]))


@pytest.fixture(scope="module")
def demo():
    """The application; its assets are built when they are stale."""
    from demo_app import make_app

    from portal.assets.build import build

    build()
    return make_app()


@pytest.fixture
def client(demo):
    demo.config["WTF_CSRF_ENABLED"] = False
    yield demo.test_client()
    demo.config["WTF_CSRF_ENABLED"] = True


@pytest.fixture
def records(demo):
    """The record of a pseudonym, read afresh."""
    from demo_models import Record

    def find(name):
        session = demo.extensions["demo.session"]
        session.remove()
        return session.query(Record).filter_by(name=name).one_or_none()

    return find


@pytest.fixture(scope="module")
def address(demo):
    server = make_server("127.0.0.1", 0, demo, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright
    from tools.chromium import find

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=find(), args=["--no-sandbox", "--disable-gpu"]
        )
        yield running
        running.close()


@pytest.fixture
def page(browser, address):
    """A page at desktop width. What the browser complains about (policy, scripts) fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, base_url=address)
    opened = context.new_page()
    complaints = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on(
        "console",
        lambda message: (
            complaints.append(message.text) if "Content Security" in message.text else None
        ),
    )
    yield opened
    context.close()
    assert complaints == []

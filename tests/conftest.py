"""Rules for all tests: no test is skipped silently, sockets stay on this machine."""

import pytest
from playwright.sync_api import expect

expect.set_options(
    timeout=15_000
)  # two browsers on two busy cores need longer than the default 5 s


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """A skipped test fails the run: a missing tool must be installed, not overlooked."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if skipped and exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        print(f"\n{len(skipped)} tests were skipped; that counts as a failure")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Allow connections to this machine only."""
    from pytest_socket import socket_allow_hosts

    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)
    del item

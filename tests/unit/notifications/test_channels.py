"""Channels and templates: SMTP against a real server, the console, every kind's words."""

import socket
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from flask import Flask

from portal.extend.specs import MessageSpec
from portal.kernel.errors import DefinitionError
from portal.notifications import catalogue, channels
from portal.panels.events import TEXTS


class Kept:
    """An SMTP handler that keeps what arrives."""

    def __init__(self) -> None:
        self.messages: list[bytes] = []

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:  # noqa: N802 - the name that the library asks for
        del server, session
        self.messages.append(envelope.content)  # type: ignore[attr-defined]
        return "250 kept"


def _mail() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@portal.test", "b@hospital.test", "Γεια"
    message.set_content("NMD-2026-0001")
    return message


def test_smtp_hands_the_mail_over() -> None:
    kept = Kept()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    server = Controller(kept, hostname="127.0.0.1", port=port)
    server.start()
    try:
        channels.make("smtp", f"smtp://127.0.0.1:{port}").send(_mail())
    finally:
        server.stop()
    assert b"NMD-2026-0001" in kept.messages[0]


def test_a_server_that_is_not_there_raises() -> None:
    with pytest.raises(OSError, match="refused|Connection"):
        channels.make("smtp", "smtp://127.0.0.1:9").send(_mail())


def test_a_wrong_address_of_the_server_is_said() -> None:
    with pytest.raises(ValueError, match="expected smtp://host:port"):
        channels.make("smtp", "mail.example.test")


def test_the_console_prints_and_none_drops(capsys: pytest.CaptureFixture[str]) -> None:
    channels.make("console", "").send(_mail())
    channels.make("none", "").send(_mail())
    shown = capsys.readouterr().out
    assert shown.count("--- mail to b@hospital.test: Γεια") == 1


def test_every_kind_has_words_for_its_facts(app: Flask) -> None:
    del app
    facts = {"text": "NMD-2026-0001: news", "url": "/", "network": "EURO-NMD", "answer": "declined"}
    facts |= {"inviter": "Anna Weber", "profile": "clinician", "limited": "", "until": "1 May 2027"}
    for kind, spec in catalogue.specs().items():
        written = catalogue.write(kind, dict(facts))
        assert written.subject, kind
        assert written.body, kind
        assert written.action == spec.action_label
    assert set(TEXTS) <= set(catalogue.specs())


def test_an_unknown_kind_still_says_its_text(app: Flask) -> None:
    del app
    assert (
        catalogue.write("no-such-kind", {"text": "Something happened"}).body
        == "Something happened."
    )


def test_a_template_that_asks_for_an_unknown_fact_is_named(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del app
    folder = tmp_path / "messages" / "odd"
    folder.mkdir(parents=True)
    (folder / "subject.txt").write_text("{{ patient_name }}", encoding="utf-8")
    (folder / "body.txt").write_text("x", encoding="utf-8")
    monkeypatch.setattr(
        catalogue, "specs", lambda: {"odd": MessageSpec("odd", tmp_path / "messages", "Open")}
    )
    with pytest.raises(DefinitionError, match="patient_name"):
        catalogue.write("odd", {"text": "x"})
    catalogue.check()
    (folder / "body.txt").unlink()
    with pytest.raises(DefinitionError, match=r"body\.txt"):
        catalogue.check()

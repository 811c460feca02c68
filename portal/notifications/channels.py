"""How mails leave: printed on the console, by SMTP, or not at all."""

import smtplib
import ssl
import sys
from email.message import EmailMessage
from typing import Protocol
from urllib.parse import unquote, urlsplit

SECONDS = 20


class Channel(Protocol):
    """Takes a finished mail away; raises when it could not be handed over."""

    def send(self, message: EmailMessage) -> None:
        """Hand over one mail."""
        ...


class ConsoleChannel:
    """Prints what would be sent: the development default."""

    def send(self, message: EmailMessage) -> None:
        """Print the mail's head and its text part."""
        part = message.get_body(("plain",))
        text = part.get_content().strip() if part is not None else ""
        sys.stdout.write(f"\n--- mail to {message['To']}: {message['Subject']}\n{text}\n---\n")
        sys.stdout.flush()


class NoChannel:
    """Sends nothing (tests, installations without mail)."""

    def send(self, message: EmailMessage) -> None:
        """Drop the mail; the notice in the page stays."""
        del message


class SmtpChannel:
    """Speaks to the mail server that ``SMTP_URL`` names; encrypted wherever the server offers it."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise ValueError(
                "SMTP_URL: expected smtp://host:port or smtps://user:password@host:port"
            )
        self.secure = parts.scheme == "smtps"
        self.host = parts.hostname
        self.port = parts.port or (465 if self.secure else 25)
        self.user = unquote(parts.username or "")
        self.password = unquote(parts.password or "")

    def send(self, message: EmailMessage) -> None:
        """Hand the mail to the server; raise ``OSError`` or ``smtplib.SMTPException`` when it refuses."""
        with self._connect() as server:
            if not self.secure and server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
                server.ehlo()
            if self.user:
                server.login(self.user, self.password)
            server.send_message(message)

    def _connect(self) -> smtplib.SMTP:
        if self.secure:
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=SECONDS)
        server.ehlo()
        return server


def make(name: str, smtp_url: str) -> Channel:
    """Return the channel that the setting ``MAIL_CHANNEL`` names."""
    if name == "smtp":
        return SmtpChannel(smtp_url)
    return ConsoleChannel() if name == "console" else NoChannel()

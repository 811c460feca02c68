"""Make a mail: subject, text and HTML part, a Message-ID that stays the same when it is sent again."""

import hashlib
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from urllib.parse import urlsplit

from portal.kernel import clock
from portal.notifications.catalogue import FOLDER, Written, environment
from portal.notifications.recipients import Recipient

PREFERENCES = "/notices/preferences"


@dataclass(frozen=True)
class Office:
    """What every mail of this installation shares: its address in the web and its sender."""

    base_url: str
    sender: str

    @property
    def host(self) -> str:
        """The host name that Message-IDs end with."""
        return urlsplit(self.base_url).hostname or "localhost"

    def address(self, url: str) -> str:
        """Return the full address of a page."""
        return self.base_url.rstrip("/") + url


def compose(office: Office, to: Recipient, key: str, written: Written, url: str) -> EmailMessage:
    """Return the mail; ``key`` makes its Message-ID, so that mail programs show a repeated one once."""
    facts = {
        "name": to.name or "colleague",
        "subject": written.subject,
        "body": written.body,
        "paragraphs": [p for p in written.body.split("\n\n") if p.strip()],
        "action": written.action,
        "address": office.address(url),
        "preferences": office.address(PREFERENCES),
    }
    frames = environment(FOLDER)
    message = EmailMessage()
    message["From"] = _address(*parseaddr(office.sender))
    message["To"] = _address(to.name, to.email)
    message["Subject"] = _line(written.subject)
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = message_id(key, office.host)
    message["Auto-Submitted"] = "auto-generated"
    message["List-Unsubscribe"] = f"<{office.address(PREFERENCES)}>"
    message.set_content(frames.get_template("frame.txt").render(facts))
    message.add_alternative(frames.get_template("frame.html").render(facts), subtype="html")
    return message


def message_id(key: str, host: str) -> str:
    """Return the Message-ID for a key."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{host}>"


def _line(text: str) -> str:
    """Return one line: a line break in a header would begin another header."""
    return " ".join(text.split())


def _address(name: str, email: str) -> Address:
    return Address(_line(name), addr_spec=_line(email))

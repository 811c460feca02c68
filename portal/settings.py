"""Every setting of the portal, declared once.

A value comes from ``PORTAL_<NAME>`` in the environment, from the file that ``PORTAL_<NAME>_FILE``
names (for secrets), or from the default. ``portal settings`` prints value and origin. Production
refuses to start with a secret that is a development default.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal.kernel.errors import DefinitionError, Issue, nearest

PREFIX = "PORTAL_"
Value = str | int | bool
DEVELOPMENT_SECRET = "development-only-"  # noqa: S105 - the marker by which production refuses


@dataclass(frozen=True)
class Setting:
    """One setting: its type is the type of its default."""

    name: str
    default: str | int | bool
    help: str
    secret: bool = False
    choices: tuple[str, ...] = ()


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "ENV",
        "development",
        "What this installation is.",
        choices=("development", "test", "production"),
    ),
    Setting(
        "DATA_DIR",
        "instance",
        "Folder for the embedded database, documents and terminology indexes.",
    ),
    Setting("DATABASE_URL", "", "SQLAlchemy URL; empty means SQLite in the data folder."),
    Setting("SECRET_KEY", DEVELOPMENT_SECRET + "secret", "Signs cookies and tokens.", secret=True),
    Setting(
        "VAULT_KEYS",
        f"dev:{DEVELOPMENT_SECRET}vault",
        "Identity vault keys as id:secret, comma separated; the first encrypts.",
        secret=True,
    ),
    Setting(
        "VAULT_INDEX_KEY",
        DEVELOPMENT_SECRET + "index",
        "Key of the blind indexes over identities.",
        secret=True,
    ),
    Setting(
        "AUDIT_KEY",
        DEVELOPMENT_SECRET + "audit",
        "Key of the seals over the audit record.",
        secret=True,
    ),
    Setting(
        "BASE_URL",
        "",
        "Address under which people reach the portal; used in mails and as the only redirect host. Empty: host and port.",
    ),
    Setting("HOST", "127.0.0.1", "Address the server listens on."),
    Setting("PORT", 8080, "Port the server listens on."),
    Setting(
        "OIDC_ISSUER",
        "http://127.0.0.1:9400",
        "OpenID Connect issuer (EU Login: https://ecas.ec.europa.eu/cas/oauth2).",
    ),
    Setting("OIDC_CLIENT_ID", "ern-portal", "Client identifier registered with the issuer."),
    Setting(
        "OIDC_CLIENT_SECRET",
        DEVELOPMENT_SECRET + "oidc",
        "Client secret registered with the issuer.",
        secret=True,
    ),
    Setting(
        "OIDC_AUTH_METHOD",
        "client_secret_basic",
        "How the client proves itself; EU Login wants client_secret_jwt.",
        choices=("client_secret_basic", "client_secret_post", "client_secret_jwt"),
    ),
    Setting("OIDC_SCOPES", "openid email profile", "Scopes asked for at login."),
    Setting(
        "OIDC_ACR_VALUES",
        "",
        "Authentication levels asked for at login, best first; empty asks for none.",
    ),
    Setting(
        "OIDC_STEP_UP_ACR_VALUES",
        "",
        "Authentication levels asked for before signing and other grave acts; empty: as at login.",
    ),
    Setting("SESSION_IDLE_MINUTES", 30, "A session ends after this time without a request."),
    Setting("SESSION_HOURS", 12, "A session ends after this time, whatever happens."),
    Setting("BLOB_STORE", "folder", "Where documents are kept.", choices=("folder", "azure")),
    Setting("AZURE_CONNECTION_STRING", "", "Azure Blob Storage connection string.", secret=True),
    Setting("AZURE_CONTAINER", "documents", "Container for documents."),
    Setting("UPLOAD_MAX_MB", 200, "Largest file accepted by drag and drop, in MB."),
    Setting(
        "VIRUS_SCANNER",
        "",
        "ClamAV's daemon as tcp://host:port or unix:/path; empty means that documents are not scanned.",
    ),
    Setting("MAIL_CHANNEL", "console", "How mails leave.", choices=("console", "smtp", "none")),
    Setting(
        "SMTP_URL",
        "smtp://127.0.0.1:25",
        "SMTP server as smtp://user:password@host:port or smtps://…",
        secret=True,
    ),
    Setting("MAIL_FROM", "ERN portal <portal@ern.example>", "Sender of mails."),
    Setting(
        "WORKER",
        "thread",
        "thread: the web process also works the queue; none: `portal worker` does.",
        choices=("thread", "none"),
    ),
    Setting("PLUGINS", "all", "Plugins to load: all, none, or names separated by commas."),
    Setting(
        "DEFAULT_LANGUAGE", "en", "Language of pages and mails where a person has chosen none."
    ),
    Setting(
        "DPO_REQUIRED",
        default=False,
        help="Refuse enrolment in centres without a data protection officer's agreement.",
    ),
    Setting(
        "TERMINOLOGY_OPEN",
        default=False,
        help="Open the terminology API without login (for conformance tests).",
    ),
    Setting("LOG_FORMAT", "text", "Format of log lines.", choices=("text", "json")),
)

# Variables of the same prefix that are not settings: switches of tools, tests and measurements.
NOT_SETTINGS = tuple(
    PREFIX + name for name in ("TRACE_PLUGINS", "FORM_DEFINITIONS", "CHROMIUM", "TEST_", "BENCH_")
)
BY_NAME = {setting.name: setting for setting in SETTINGS}


@dataclass(frozen=True)
class Settings:
    """The values in force, with their origins (``default``, ``environment`` or ``file``)."""

    values: Mapping[str, str | int | bool]
    origins: Mapping[str, str]

    def __getattr__(self, name: str) -> Any:
        try:
            return self.values[name.upper()]
        except KeyError:
            raise AttributeError(f"no setting '{name.upper()}'") from None

    @property
    def production(self) -> bool:
        """Whether this is a production installation."""
        return bool(self.values["ENV"] == "production")

    @property
    def data_path(self) -> Path:
        """The data folder as an absolute path."""
        return Path(str(self.values["DATA_DIR"])).absolute()

    @property
    def database(self) -> str:
        """The SQLAlchemy URL in force."""
        return str(self.values["DATABASE_URL"]) or f"sqlite:///{self.data_path / 'portal.sqlite'}"


def load(environment: Mapping[str, str] | None = None, **overrides: str | int | bool) -> Settings:
    """Read all settings; raise :class:`DefinitionError` that names every wrong one."""
    environment = os.environ if environment is None else environment
    values: dict[str, str | int | bool] = {}
    origins: dict[str, str] = {}
    issues: list[Issue] = []
    for setting in SETTINGS:
        raw, origin = _raw(setting, environment)
        if setting.name in overrides:
            raw, origin = overrides[setting.name], "caller"
        try:
            values[setting.name] = _parse(setting, raw)
            origins[setting.name] = origin
        except ValueError as error:
            issues.append(Issue(str(error), file="environment", key=PREFIX + setting.name))
    issues += _unknown(environment, overrides)
    if not issues and not values["BASE_URL"]:
        values["BASE_URL"] = f"http://{values['HOST']}:{values['PORT']}"
    if not issues and values["ENV"] == "production":
        issues += _development_secrets(values)
    if issues:
        raise DefinitionError(issues)
    return Settings(values, origins)


def _raw(setting: Setting, environment: Mapping[str, str]) -> tuple[str | int | bool, str]:
    name = PREFIX + setting.name
    if name in environment:
        return environment[name], "environment"
    if name + "_FILE" in environment:
        return Path(environment[name + "_FILE"]).read_text(encoding="utf-8").strip(), "file"
    return setting.default, "default"


def _parse(setting: Setting, raw: Value) -> Value:
    if isinstance(setting.default, bool):
        text = str(raw).lower()
        if text not in {"true", "false", "1", "0", "yes", "no"}:
            raise ValueError(f"expected true or false, found '{raw}'")
        return text in {"true", "1", "yes"}
    if isinstance(setting.default, int):
        try:
            return int(raw)
        except ValueError:
            raise ValueError(f"expected a whole number, found '{raw}'") from None
    value = str(raw)
    if setting.choices and value not in setting.choices:
        raise ValueError(f"expected one of {', '.join(setting.choices)}; found '{value}'")
    return value


def _unknown(environment: Mapping[str, str], overrides: Mapping[str, object]) -> list[Issue]:
    known = {PREFIX + name for name in BY_NAME} | {PREFIX + name + "_FILE" for name in BY_NAME}
    names = [
        name
        for name in environment
        if name.startswith(PREFIX) and name not in known and not name.startswith(NOT_SETTINGS)
    ]
    names += [PREFIX + name for name in overrides if name not in BY_NAME]
    return [
        Issue("no such setting", file="environment", key=name, nearest=nearest(name, known))
        for name in names
    ]


def _development_secrets(values: Mapping[str, str | int | bool]) -> list[Issue]:
    return [
        Issue(
            "production needs an own secret here: set it, or name a file in the variable ending _FILE",
            file="environment",
            key=PREFIX + setting.name,
        )
        for setting in SETTINGS
        if setting.secret and DEVELOPMENT_SECRET in str(values[setting.name])
    ]

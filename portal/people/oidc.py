"""The client of the login service: OpenID Connect with PKCE, nonce and state.

Works with EU Login (``client_secret_jwt``, PS512, no userinfo: every claim is in the ID token) and with
any other provider that publishes its metadata. The metadata are read at the first login, so that the
portal starts while the provider is away. No token of the provider is kept.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from authlib.oauth2.rfc7523 import ClientSecretJWT
from flask import Flask, current_app, session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from requests.exceptions import RequestException

from portal.kernel import clock
from portal.kernel.errors import ForbiddenError, PortalError

_log = logging.getLogger(__name__)
CLIENT = "eulogin"
TIMEOUT_SECONDS = 10
LEEWAY_SECONDS = 120
KEYS_SECONDS = 60
PENDING_LOGINS = 4  # tabs in which a login may be under way at once; the cookie has 4 KB
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
_ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)


class ProviderAwayError(PortalError):
    """The login service does not answer, or answers what cannot be used."""

    status = 503
    code = "login-provider-away"


@dataclass(frozen=True)
class Pending:
    """What was remembered when the person was sent to the login service."""

    next: str
    step_up_for: str = ""


@dataclass(frozen=True)
class LogoutNotice:
    """A verified message of the login service that a session or a person has logged out there."""

    issuer: str
    session: str
    subject: str


def setup(app: Flask) -> None:
    """Register the client; nothing is fetched yet."""
    settings = app.extensions["portal.settings"]
    method = str(settings.oidc_auth_method)
    oauth = OAuth(app)
    oauth.register(
        CLIENT,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        server_metadata_url=f"{issuer_of(settings)}/.well-known/openid-configuration",
        client_auth_methods=[ClientSecretJWT()] if method == "client_secret_jwt" else None,
        client_kwargs={
            "scope": settings.oidc_scopes,
            "code_challenge_method": "S256",
            "token_endpoint_auth_method": method,
            "default_timeout": TIMEOUT_SECONDS,
        },
    )
    app.extensions["portal.oauth"] = oauth


def issuer_of(settings: Any) -> str:
    """Return the configured issuer without a final slash."""
    return str(settings.oidc_issuer).rstrip("/")


def authorization_url(callback: str, pending: Pending, **parameters: str) -> str:
    """Return the login service's address for a new login, and remember it in the session."""
    client = _ready_client()
    _forget_oldest()
    made = client.create_authorization_url(callback, **parameters)
    client.save_authorize_data(
        redirect_uri=callback,
        state=made["state"],
        nonce=made["nonce"],
        code_verifier=made["code_verifier"],
        pending=vars(pending),
    )
    return str(made["url"])


def _forget_oldest() -> None:
    prefix = f"_state_{CLIENT}_"
    waiting = sorted((v.get("exp", 0), k) for k, v in session.items() if k.startswith(prefix))
    for _, key in waiting[: max(0, len(waiting) - PENDING_LOGINS + 1)]:
        session.pop(key)


def finish(arguments: Mapping[str, str]) -> tuple[dict[str, Any], Pending]:
    """Exchange the code, verify the ID token, and return its claims and what was remembered."""
    state = arguments.get("state", "")
    client = _ready_client()
    remembered = client.framework.get_state_data(session, state)
    client.framework.clear_state_data(session, state)
    if not remembered:
        raise _refused("The login was begun in another browser, or more than an hour ago.")
    if "code" not in arguments:
        _log.warning("login refused", extra={"error": str(arguments.get("error", ""))[:80]})
        raise _refused("The login service did not let you through.")
    try:
        token = client.fetch_access_token(
            redirect_uri=remembered["redirect_uri"],
            code=arguments["code"],
            code_verifier=remembered["code_verifier"],
        )
        claims = _verified(client, token, remembered["nonce"])
    except RequestException as error:
        raise _away(error) from error
    except (AuthlibBaseError, JoseError, ValueError) as error:
        _log.warning("login refused", extra={"error": type(error).__name__})
        raise _refused("The answer of the login service could not be verified.") from error
    return claims, Pending(**remembered["pending"])


def _verified(client: Any, token: dict[str, Any], nonce: str) -> dict[str, Any]:
    if "id_token" not in token:
        raise ValueError("no ID token")
    try:
        return dict(client.parse_id_token(token, nonce, leeway=LEEWAY_SECONDS))
    except JoseError:
        _fetch_keys_again(client)
        return dict(client.parse_id_token(token, nonce, leeway=LEEWAY_SECONDS))


def _fetch_keys_again(client: Any) -> None:
    """Read the provider's keys anew, at most once a minute: it may use new ones under an old name."""
    now = clock.now().timestamp()
    if now - client.server_metadata.get("_keys_read_again", 0) > KEYS_SECONDS:
        client.server_metadata["_keys_read_again"] = now
        client.fetch_jwk_set(force=True)


def _refused(reason: str) -> ForbiddenError:
    return ForbiddenError(
        "The login was not completed.", reason=reason, grantor="you: begin again with 'Sign in'"
    )


def _away(error: Exception) -> ProviderAwayError:
    _log.warning("login service away", extra={"error": type(error).__name__})
    return ProviderAwayError(
        "The login service does not answer.",
        hint="Try again in a few minutes. Drafts are kept on this device.",
    )


def _ready_client() -> Any:
    """Return the client with the provider's metadata: the right issuer, safe algorithms only."""
    client = current_app.extensions["portal.oauth"].create_client(CLIENT)
    try:
        metadata = client.load_server_metadata()
    except (RequestException, ValueError) as error:
        raise _away(error) from error
    expected = issuer_of(current_app.extensions["portal.settings"])
    if str(metadata.get("issuer", "")).rstrip("/") != expected:
        client.server_metadata.clear()
        raise _away(ValueError("the provider names another issuer than PORTAL_OIDC_ISSUER"))
    offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
    metadata["id_token_signing_alg_values_supported"] = [a for a in offered if a in _ALGORITHMS]
    return client


def end_session_url(back: str) -> str:
    """Return where the person logs out at the provider, or an empty string when it offers none."""
    try:
        client = _ready_client()
    except ProviderAwayError:
        return ""
    address = str(client.server_metadata.get("end_session_endpoint", ""))
    if not address:
        return ""
    query = urlencode({"client_id": client.client_id, "post_logout_redirect_uri": back})
    return f"{address}{'&' if '?' in address else '?'}{query}"


def read_logout_token(text: str) -> LogoutNotice:
    """Verify a back-channel logout token (OpenID Connect Back-Channel Logout 1.0, section 2.6)."""
    client = _ready_client()
    try:
        claims = _decode_logout(client, text)
    except RequestException as error:
        raise _away(error) from error
    except (JoseError, ValueError, TypeError) as error:
        raise PortalError("The logout token is not valid.", hint=type(error).__name__) from error
    return LogoutNotice(
        str(claims["iss"]), str(claims.get("sid") or ""), str(claims.get("sub") or "")
    )


def _decode_logout(client: Any, text: str) -> dict[str, Any]:
    algorithms = client.server_metadata["id_token_signing_alg_values_supported"]
    registry = JWSRegistry(algorithms=algorithms, strict_check_header=False)
    keys = KeySet.import_key_set(client.fetch_jwk_set())
    try:
        claims = jwt.decode(text, key=keys, registry=registry).claims
    except JoseError:
        _fetch_keys_again(client)
        keys = KeySet.import_key_set(client.fetch_jwk_set())
        claims = jwt.decode(text, key=keys, registry=registry).claims
    audience, now = claims.get("aud"), clock.now().timestamp()
    wrong = (
        claims.get("iss") != client.server_metadata["issuer"],
        client.client_id not in (audience if isinstance(audience, list) else [audience]),
        LOGOUT_EVENT not in (claims.get("events") or {}),
        "nonce" in claims,
        not (claims.get("sid") or claims.get("sub")),
        abs(now - float(claims.get("iat", 0))) > LEEWAY_SECONDS + 300,
        float(claims.get("exp", now + 1)) < now - LEEWAY_SECONDS,
    )
    if any(wrong):
        raise ValueError("a claim of the logout token is wrong")
    return dict(claims)

"""A login service that behaves like EU Login: PKCE, client_secret_jwt, PS512, no userinfo, logout tokens."""

import base64
import hashlib
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from flask import Flask, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from joserfc.jws import JWSRegistry
from werkzeug.serving import make_server

CLIENT_ID = "portal-under-test"
CLIENT_SECRET = "a-long-client-secret-of-the-portal-under-test"
EVENT = "http://schemas.openid.net/event/backchannel-logout"


class Provider:
    """Who logs in next, and what was asked: ``claims`` go into the next ID token."""

    def __init__(self) -> None:
        self.url = ""
        self.key = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"})
        self.claims: dict[str, Any] = {"sub": "new.doctor"}
        self.asked: dict[str, str] = {}
        self.token_alg = "PS512"
        self.issuer = ""
        self._codes: dict[str, dict[str, str]] = {}

    def app(self) -> Flask:
        app = Flask("provider")
        app.add_url_rule("/.well-known/openid-configuration", "metadata", self.metadata)
        app.add_url_rule("/jwks", "jwks", lambda: jsonify(keys=[self.key.as_dict(private=False)]))
        app.add_url_rule("/authorize", "authorize", self.authorize)
        app.add_url_rule("/token", "token", self.token, methods=["POST"])
        return app

    def metadata(self) -> ResponseReturnValue:
        return jsonify(
            issuer=self.issuer or self.url,
            authorization_endpoint=f"{self.url}/authorize",
            token_endpoint=f"{self.url}/token",
            jwks_uri=f"{self.url}/jwks",
            end_session_endpoint=f"{self.url}/logout",
            id_token_signing_alg_values_supported=["PS512", "none", "HS256"],
        )

    def authorize(self) -> ResponseReturnValue:
        """Log in at once as whoever ``claims`` says."""
        self.asked = request.args.to_dict()
        assert self.asked["code_challenge_method"] == "S256", (
            "EU Login refuses clients without PKCE"
        )
        code = secrets.token_urlsafe(8)
        self._codes[code] = self.asked
        back = urlencode({"code": code, "state": self.asked["state"]})
        return redirect(f"{self.asked['redirect_uri']}?{back}")

    def token(self) -> ResponseReturnValue:
        """Check the client's proof and the PKCE verifier; sign the ID token."""
        asked = self._codes.pop(request.form["code"], None)
        verifier = request.form["code_verifier"].encode()
        challenge = (
            base64.urlsafe_b64encode(hashlib.sha256(verifier).digest()).rstrip(b"=").decode()
        )
        if asked is None or asked["code_challenge"] != challenge or not self._client_proved():
            return jsonify(error="invalid_grant"), 400
        now = int(time.time())
        claims = {
            "iss": self.url, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": asked["nonce"], **self.claims,
        }  # fmt: skip
        return jsonify(access_token="opaque", token_type="Bearer", id_token=self.sign(claims))

    def _client_proved(self) -> bool:
        proof = jwt.decode(request.form["client_assertion"], OctKey.import_key(CLIENT_SECRET))
        return bool(proof.claims["iss"] == proof.claims["sub"] == CLIENT_ID)

    def sign(self, claims: dict[str, Any], key: RSAKey | None = None) -> str:
        registry = JWSRegistry(algorithms=[self.token_alg])
        return jwt.encode(
            {"alg": self.token_alg, "kid": "k1"}, claims, key or self.key, registry=registry
        )

    def logout_token(self, **changes: Any) -> str:
        """Return a logout token; a change to ``None`` leaves a claim out."""
        now = int(time.time())
        claims = {
            "iss": self.url, "aud": CLIENT_ID, "iat": now, "jti": secrets.token_hex(4), "events": {EVENT: {}},
            **changes,
        }  # fmt: skip
        return self.sign({k: v for k, v in claims.items() if v is not None})


@contextmanager
def serving(provider: Provider) -> Iterator[Provider]:
    """Run the provider on a free port of this machine."""
    server = make_server("127.0.0.1", 0, provider.app(), threaded=True)
    provider.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def query(address: str) -> dict[str, str]:
    """Return the query of an address, the last value of each name."""
    return {name: values[-1] for name, values in parse_qs(urlsplit(address).query).items()}

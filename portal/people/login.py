"""Logging in through OpenID Connect (EU Login): PKCE, nonce and state; the ID token is all we trust.

Identity is issuer and subject. Nothing of the provider's tokens is kept; the session is ours.
"""

import logging
from typing import Any

from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.flask_client import OAuth
from authlib.oauth2.rfc7523 import ClientSecretJWT
from flask import Flask, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_appbuilder import expose
from flask_login import current_user, login_user, logout_user
from requests.exceptions import RequestException

from portal.access.actor import system
from portal.kernel.errors import ForbiddenError, PortalError
from portal.people import service
from portal.people.actors import PortalUser, load_actor
from portal.web.pages import is_local
from portal.web.views import PortalView

_log = logging.getLogger(__name__)
CLIENT = "eulogin"


class ProviderAwayError(PortalError):
    """The identity provider does not answer."""

    status = 503
    code = "login-provider-away"


def setup(app: Flask) -> None:
    """Register the client; the provider's metadata is read at the first login."""
    settings = app.extensions["portal.settings"]
    issuer = str(settings.oidc_issuer).rstrip("/")
    options: dict[str, Any] = {}
    if settings.oidc_auth_method == "client_secret_jwt":
        options["client_auth_methods"] = [ClientSecretJWT()]
    oauth = OAuth(app)
    oauth.register(
        CLIENT,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        server_metadata_url=f"{issuer}/.well-known/openid-configuration",
        client_kwargs={
            "scope": settings.oidc_scopes,
            "code_challenge_method": "S256",
            "token_endpoint_auth_method": settings.oidc_auth_method,
            "default_timeout": 10,
        },
        **options,
    )
    app.extensions["portal.oauth"] = oauth


def _client() -> Any:
    return current_app.extensions["portal.oauth"].create_client(CLIENT)


class EuLoginView(PortalView):
    """The way in and out."""

    route_base = ""
    default_view = "login"

    @expose("/login/")
    def login(self) -> ResponseReturnValue:
        """Send the person to the identity provider, remembering where to go afterwards."""
        target = request.args.get("next", "/")
        session["next"] = target if is_local(target) else "/"
        if current_user.is_authenticated and "step_up" not in request.args:
            return redirect(session["next"])
        parameters = {"acr_values": acr} if (acr := current_app.extensions["portal.settings"].oidc_acr_values) else {}
        try:
            answer: ResponseReturnValue = _client().authorize_redirect(
                url_for("EuLoginView.callback", _external=True), **parameters
            )
        except (RequestException, OAuthError) as error:
            _log.warning("identity provider away", extra={"error": type(error).__name__})
            raise ProviderAwayError(
                "The login service does not answer.", hint="Try again in a few minutes. Nothing you typed elsewhere is lost."
            ) from error
        return answer

    @expose("/login/callback")
    def callback(self) -> ResponseReturnValue:
        """Take the provider's answer: verify, find or make the person, begin a new session."""
        try:
            token = _client().authorize_access_token()
        except OAuthError as error:
            _log.warning("login refused", extra={"error": error.error})
            raise ForbiddenError("The login was not completed.", reason="The login service said no, or the page was old.", grantor="you: start again from the portal's first page") from error
        except RequestException as error:
            raise ProviderAwayError("The login service does not answer.", hint="Try again in a few minutes.") from error
        claims = token["userinfo"]
        target = session.get("next", "/")
        person_id = service.sign_in(system("login"), service.identity_from(claims))
        actor = load_actor(person_id)
        assert actor is not None
        session.clear()
        session["person_id"] = person_id
        session["acr"] = str(claims.get("acr", ""))
        session["provider_session"] = str(claims.get("sid", ""))
        session.rotate = True  # type: ignore[attr-defined]
        login_user(PortalUser(actor.user_id, actor))
        return redirect(target if is_local(target) else "/", 303)

    @expose("/logout/", methods=["POST", "GET"])
    def logout(self) -> ResponseReturnValue:
        """End the session on the server, then at the provider where it offers that."""
        if request.method == "GET" and current_user.is_authenticated:
            return render_template("people/logout.html")
        if current_user.is_authenticated:
            service.end_session(current_user.actor, session.digest)  # type: ignore[attr-defined]
        logout_user()
        session.clear()
        return redirect(url_for("EuLoginView.signed_out"), 303)

    @expose("/signed-out/")
    def signed_out(self) -> ResponseReturnValue:
        """Say that the session has ended."""
        return render_template("people/signed_out.html")

"""Security headers on every answer."""

from flask import Flask, Response, request
from flask_login import current_user

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(self), geolocation=(), payment=(), usb=()",
    "X-Frame-Options": "DENY",
}


def _without_host(response: Response) -> None:
    """Let a redirect within this site name no host: the router takes it from the request's own words."""
    here = request.host_url
    if response.location and response.location.startswith(here):
        response.location = "/" + response.location.removeprefix(here)
        response.set_data(b"")


def setup(app: Flask, *, secure: bool) -> None:
    """Add the headers; ``secure`` adds HSTS (production behind TLS)."""

    def add(response: Response) -> Response:
        _without_host(response)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if secure:
            response.headers.setdefault(
                "Strict-Transport-Security", "max-age=31536000; includeSubDomains"
            )
        if request.endpoint != "assets" and (
            current_user.is_authenticated or "Set-Cookie" in response.headers
        ):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    app.after_request(add)

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


def setup(app: Flask, *, secure: bool) -> None:
    """Add the headers; ``secure`` adds HSTS (production behind TLS)."""

    def add(response: Response) -> Response:
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

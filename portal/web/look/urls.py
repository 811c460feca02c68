"""The address of the present page with other query arguments, for filters that work without scripts."""

from urllib.parse import urlencode

from flask import request, url_for


def url_with(**changes: object) -> str:
    """Return this page's address with the given query arguments set."""
    kept = [(name, value) for name, value in _arguments() if name not in changes]
    return _address(kept + [(name, str(value)) for name, value in changes.items()])


def url_without(*names: str, prefix: str = "") -> str:
    """Return this page's address without the named arguments, or without those that begin so."""
    kept = [
        (name, value)
        for name, value in _arguments()
        if name not in names and not (prefix and name.startswith(prefix))
    ]
    return _address(kept)


def _arguments() -> list[tuple[str, str]]:
    return list(request.args.items(multi=True))


def _address(arguments: list[tuple[str, str]]) -> str:
    """Build the address from the route, not from the raw request, so that it stays on this site."""
    path = url_for(str(request.endpoint), **(request.view_args or {}))
    return f"{path}?{urlencode(arguments)}" if arguments else path

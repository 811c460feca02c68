"""What can go wrong with terminologies, said with place, reason and next step."""

from collections.abc import Iterable

from portal.kernel.errors import InvalidInputError, NotFoundError, PortalError, nearest


class LoadError(PortalError):
    """A terminology file that cannot be loaded. The release that was active stays active."""

    code = "terminology-load"

    def __init__(self, reason: str, *, file: str = "", line: int = 0, hint: str = "") -> None:
        place = f"{file}:{line}: " if line else (f"{file}: " if file else "")
        super().__init__(f"{place}{reason}", hint=hint)
        self.reason = reason
        self.file = file
        self.line = line


class UnknownPackError(NotFoundError):
    """No pack has this id, canonical URI, alias or OID."""

    code = "unknown-terminology"

    def __init__(self, name: str, known: Iterable[str]) -> None:
        names = sorted(known)
        near = nearest(name, names)
        tail = f" Did you mean '{near}'?" if near else f" Known: {', '.join(names)}."
        super().__init__(f"No terminology is called '{name}'.{tail}")


class UnknownReleaseError(NotFoundError):
    """The pack is known but this version of it is not loaded."""

    code = "unknown-release"

    def __init__(self, pack: str, version: str, known: Iterable[str]) -> None:
        loaded = ", ".join(known) or "none"
        super().__init__(
            f"Version '{version}' of '{pack}' is not loaded here (loaded: {loaded}).",
            hint=f"Load it with: portal terminology load --pack {pack} --from FILE",
        )


class UnknownCodeError(NotFoundError):
    """The release has no such code; ``suggestion`` is the nearest code that exists."""

    code = "unknown-code"

    def __init__(self, pack: str, code: str, version: str, suggestion: str = "") -> None:
        near = f" Did you mean '{suggestion}'?" if suggestion else ""
        super().__init__(f"'{code}' is not a code of {pack} {version}.{near}")
        self.suggestion = suggestion


class UnknownValueSetError(NotFoundError):
    """No value set has this name."""

    code = "unknown-value-set"

    def __init__(self, name: str, known: Iterable[str]) -> None:
        near = nearest(name, known)
        tail = f" Did you mean '{near}'?" if near else ""
        super().__init__(f"No value set is called '{name}'.{tail}")


class QueryError(InvalidInputError):
    """A search, filter or expression that cannot be answered as asked."""

    code = "terminology-query"

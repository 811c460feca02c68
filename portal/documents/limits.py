"""How large a document may be; set once from the settings."""

_BYTES: list[int] = [200 * 1024 * 1024]


def configure(*, megabytes: int) -> None:
    """Set the largest size of one document."""
    _BYTES[:] = [megabytes * 1024 * 1024]


def most_bytes() -> int:
    """Return the largest size of one document in bytes."""
    return _BYTES[0]


def in_words(size: int) -> str:
    """Return a size for people: ``4.2 MB``."""
    if size < 1024:
        return f"{size} bytes"
    if size < 1024 * 1024:
        return f"{size / 1024:.0f} kB"
    return f"{size / 1024 / 1024:.1f} MB"

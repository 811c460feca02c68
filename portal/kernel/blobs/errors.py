"""What can go wrong with stored bytes."""

from portal.kernel.errors import NotFoundError, PortalError


class BlobMissingError(NotFoundError):
    """No bytes are stored under the key."""

    code = "blob-missing"


class BlobTooLargeError(PortalError):
    """The stream went on past the limit; nothing was kept."""

    status = 413
    code = "too-large"

    def __init__(self, limit: int) -> None:
        megabytes = limit / (1024 * 1024)
        shown = f"{megabytes:.0f} MB" if megabytes >= 1 else f"{limit} bytes"
        super().__init__(
            f"The file is larger than {shown}.",
            hint="Send a smaller file, or split it into parts.",
        )
        self.limit = limit


class BlobDamagedError(PortalError):
    """The stored bytes were altered, cut short, or sealed with a key that is not here."""

    status = 500
    code = "blob-damaged"

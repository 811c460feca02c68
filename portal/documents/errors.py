"""What can go wrong with documents."""

from portal.kernel.errors import InvalidInputError, PortalError


class DocumentRefusedError(InvalidInputError):
    """The file is not accepted; the message says why and what would be."""

    code = "document-refused"

    def __init__(self, name: str, message: str, *, hint: str = "") -> None:
        super().__init__(message, fields={"file": message}, hint=hint)
        self.name = name


class DocumentGoneError(PortalError):
    """The document was withdrawn: its record stays, its content is not given out."""

    status = 410
    code = "document-withdrawn"


class HeldBackError(PortalError):
    """The document waits for somebody who vouches for it."""

    status = 403
    code = "document-held-back"


class UploadConflictError(PortalError):
    """The piece does not begin where the upload stands."""

    status = 409
    code = "upload-offset"

    def __init__(self, offset: int) -> None:
        super().__init__(
            f"This upload stands at byte {offset}; the piece begins elsewhere.",
            hint="Ask where it stands (HEAD), then send from there.",
        )
        self.offset = offset


class UploadChecksumError(PortalError):
    """The piece was damaged on the way; it was not kept."""

    status = 460
    code = "upload-checksum"


class UploadGoneError(PortalError):
    """The upload has expired or was given up."""

    status = 410
    code = "upload-gone"

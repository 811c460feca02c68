"""What can go wrong with a panel beyond what every feature knows."""

from datetime import datetime

from portal.kernel.errors import ConflictError


class DraftConflictError(ConflictError):
    """The draft was changed in another window; carries both texts and the version to build on."""

    code = "draft-conflict"

    def __init__(
        self, *, theirs: dict[str, object], yours: dict[str, object], version: int, at: datetime
    ) -> None:
        super().__init__(
            "This draft was changed in another window or by another person since you opened it.",
            theirs="\n\n".join(str(v) for v in theirs.values() if v),
            yours="\n\n".join(str(v) for v in yours.values() if v),
        )
        self.fields_theirs = theirs
        self.fields_yours = yours
        self.version = version
        self.at = at

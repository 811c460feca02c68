"""A stored document as a file that can seek: a few chunks are kept, so that small reads are cheap."""

import io
from collections import OrderedDict

from portal.kernel.blobs import BlobStore

_CHUNK = 1024 * 1024
_KEPT = 4


class BlobFile(io.RawIOBase):
    """Reads a blob at any place without having all of it in memory."""

    def __init__(self, store: BlobStore, key: str, size: int) -> None:
        super().__init__()
        self._store = store
        self._key = key
        self._size = size
        self._place = 0
        self._chunks: OrderedDict[int, bytes] = OrderedDict()

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def seekable(self) -> bool:
        """Return that it can seek."""
        return True

    def tell(self) -> int:
        """Return the present place."""
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go to a place, from the beginning, the present place or the end."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence]
        place = base + offset
        if place < 0:
            raise ValueError("cannot seek before the beginning")
        self._place = place
        return place

    def read(self, size: int | None = -1, /) -> bytes:
        """Return up to ``size`` bytes; all that is left when it is negative."""
        left = max(0, self._size - self._place)
        wanted = left if size is None or size < 0 else min(size, left)
        pieces = []
        while wanted:
            number, start = divmod(self._place, _CHUNK)
            piece = self._chunk(number)[start : start + wanted]
            pieces.append(piece)
            self._place += len(piece)
            wanted -= len(piece)
        return b"".join(pieces)

    def _chunk(self, number: int) -> bytes:
        if number in self._chunks:
            self._chunks.move_to_end(number)
            return self._chunks[number]
        data = b"".join(self._store.open(self._key, number * _CHUNK, _CHUNK))
        self._chunks[number] = data
        if len(self._chunks) > _KEPT:
            self._chunks.popitem(last=False)
        return data

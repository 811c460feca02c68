"""Blobs in Azure Blob Storage: for production. Sealed before they leave the machine."""

import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from azure.core.exceptions import (
    AzureError,
    HttpResponseError,
    ResourceExistsError,
    ResourceNotFoundError,
)
from azure.storage.blob import BlobServiceClient, ContainerClient, ExponentialRetry

from portal.kernel.blobs.errors import BlobMissingError
from portal.kernel.blobs.sealing import Sealer, check_key, content_size
from portal.kernel.blobs.store import BlobRef, Readable
from portal.kernel.errors import PortalError
from portal.kernel.ids import new_id

_BLOCK = 4 * 1024 * 1024
_AT_ONCE: dict[str, Any] = {"retry_total": 0, "connection_timeout": 2, "read_timeout": 3}


class AzureStore:
    """``<aa>/<key>`` in one container, which is made when it is absent.

    The name of a content is known only when all of it has been read, and Azure cannot rename: the
    sealed stream goes to a local file first, then up in blocks. The block list is committed in one
    request, so that a half uploaded blob is never visible.
    """

    def __init__(
        self, connection_string: str, container: str, sealer: Sealer, *, spool: Path
    ) -> None:
        if not connection_string:
            raise PortalError(
                "The blob store 'azure' needs a connection string.",
                hint="Set PORTAL_AZURE_CONNECTION_STRING, or PORTAL_BLOB_STORE=folder.",
            )
        self.sealer = sealer
        self.spool = spool
        spool.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._service = BlobServiceClient.from_connection_string(
            connection_string,
            max_single_put_size=_BLOCK,
            max_block_size=_BLOCK,
            retry_policy=ExponentialRetry(initial_backoff=1, increment_base=2, retry_total=3),
            connection_timeout=10,
            read_timeout=60,
        )
        self._client: ContainerClient = self._service.get_container_client(container)
        self._made = False
        self._lock = threading.Lock()

    def put(self, stream: Readable, *, size_limit: int) -> BlobRef:
        """Store the stream; see :class:`~portal.kernel.blobs.store.BlobStore`."""
        temporary = self.spool / new_id()
        try:
            with temporary.open("x+b") as file:
                ref = self.sealer.seal(stream, file, size_limit)
                length = file.tell()
                file.seek(0)
                self._upload(ref.key, file, length)
        finally:
            temporary.unlink(missing_ok=True)
        return ref

    def _upload(self, key: str, file: BinaryIO, length: int) -> None:
        container = self._container()
        try:
            container.upload_blob(_name(key), file, length=length, overwrite=False)
        except HttpResponseError:
            # Equal content is there already, or two uploads of it met: one of them has won.
            if not self.exists(key) or self._sealed_size(key) != length:
                raise
            # New metadata renews the time of change, by which the sweep knows what is in use.
            container.get_blob_client(_name(key)).set_blob_metadata({"put": new_id()})

    def open(self, key: str, offset: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Yield the content with ranged reads of one chunk each."""
        blob = self._container().get_blob_client(_name(key))
        sealed_size = self._sealed_size(key)

        def read_at(position: int, size: int) -> bytes:
            size = min(size, sealed_size - position)
            return blob.download_blob(offset=position, length=size).readall() if size > 0 else b""

        return self.sealer.open(key, sealed_size, read_at, offset, length)

    def size(self, key: str) -> int:
        """Return the size of the content in bytes."""
        return content_size(self._sealed_size(key))

    def _sealed_size(self, key: str) -> int:
        try:
            return int(self._container().get_blob_client(_name(key)).get_blob_properties().size)
        except ResourceNotFoundError:
            raise BlobMissingError("The stored file is not there.") from None

    def exists(self, key: str) -> bool:
        """Return whether bytes are stored under ``key``."""
        try:
            return bool(self._container().get_blob_client(_name(key)).exists())
        except BlobMissingError:
            return False

    def delete(self, key: str) -> None:
        """Remove the bytes; nothing happens when they are not there."""
        with suppress(ResourceNotFoundError, BlobMissingError):
            self._container().delete_blob(_name(key))

    def entries(self) -> Iterator[tuple[str, datetime]]:
        """Yield every key in order, with the time when it was last put."""
        for blob in self._container().list_blobs():
            yield blob.name.partition("/")[2], blob.last_modified

    def close(self) -> None:
        """Close the connections to Azure."""
        self._client.close()
        self._service.close()

    def answers(self) -> bool:
        """Return whether the container answers, at once; it is made when it is absent."""
        try:
            self._client.get_container_properties(**_AT_ONCE)
        except ResourceNotFoundError:
            self._container()
        except AzureError:
            return False
        return os.access(self.spool, os.W_OK | os.X_OK)

    def _container(self) -> ContainerClient:
        if not self._made:
            with self._lock:
                if not self._made:
                    with suppress(ResourceExistsError):
                        self._client.create_container()
                    self._made = True
        return self._client


def _name(key: str) -> str:
    check_key(key)
    return f"{key[:2]}/{key}"

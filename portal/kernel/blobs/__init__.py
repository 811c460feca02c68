"""Bytes too large for the database: one interface, a folder or Azure Blob Storage behind it.

Both stores hold the same sealed format (``sealing``): encrypted in chunks, so that ranges can be
read, and named by a keyed digest of the content, so that equal files are kept once and a name does
not tell what the file is.
"""

from typing import TYPE_CHECKING

from portal.kernel import crypto
from portal.kernel.blobs.azure import AzureStore
from portal.kernel.blobs.errors import BlobDamagedError, BlobMissingError, BlobTooLargeError
from portal.kernel.blobs.folder import FolderStore
from portal.kernel.blobs.sealing import Sealer
from portal.kernel.blobs.store import BlobRef, BlobStore, Readable

if TYPE_CHECKING:
    from portal.settings import Settings

__all__ = [
    "AzureStore",
    "BlobDamagedError",
    "BlobMissingError",
    "BlobRef",
    "BlobStore",
    "BlobTooLargeError",
    "FolderStore",
    "Readable",
    "Sealer",
    "answers",
    "configure",
    "sealer_for",
    "store",
]

_store: list[BlobStore] = []


def sealer_for(settings: "Settings") -> Sealer:
    """Return the sealer with the installation's keys; the first of ``VAULT_KEYS`` seals."""
    pairs = [part.strip().partition(":") for part in str(settings.vault_keys).split(",")]
    keys = {name: crypto.derive_key(secret, "documents") for name, _, secret in pairs}
    naming = crypto.derive_key(str(settings.vault_index_key), "document names")
    return Sealer(keys, pairs[0][0], naming)


def configure(settings: "Settings") -> BlobStore:
    """Choose the store of this process by ``BLOB_STORE`` and return it."""
    sealer = sealer_for(settings)
    folder = settings.data_path / "blobs"
    if settings.blob_store == "azure":
        _store[:] = [
            AzureStore(
                str(settings.azure_connection_string),
                str(settings.azure_container),
                sealer,
                spool=folder / "incoming",
            )
        ]
    else:
        _store[:] = [FolderStore(folder, sealer)]
    return _store[0]


def store() -> BlobStore:
    """Return the store that :func:`configure` chose."""
    if not _store:
        raise RuntimeError("no blob store: call portal.app.create_app first")
    return _store[0]


def answers() -> bool:
    """Return whether the store can be reached and written to (readiness)."""
    return bool(_store) and _store[0].answers()

"""Medical documents of a patient's case.

Attached by the enrolling clinician and the assistant, read by everybody on the panels; judged by
content, kept sealed, every opening on record.
"""

from typing import Any

from flask import Flask

from portal.documents import hooks, limits
from portal.documents.views import DocumentView, PatientDocumentsView, UploadView

__all__ = ["hooks", "setup"]


def setup(app: Flask, appbuilder: Any) -> None:
    """Register the pages and take over the largest size from the settings."""
    limits.configure(megabytes=int(app.extensions["portal.settings"].upload_max_mb))
    for view in (DocumentView, PatientDocumentsView, UploadView):
        appbuilder.add_view_no_menu(view)

"""Medical documents of a patient's case.

Attached by the enrolling clinician and the assistant, read by everybody on the panels; judged by
content, kept sealed, every opening on record.
"""

from typing import Any

from flask import Flask

from portal.documents import hooks, limits, scanning
from portal.documents.views import DocumentView, PatientDocumentsView, UploadView

__all__ = ["hooks", "setup"]


def setup(app: Flask, appbuilder: Any) -> None:
    """Register the pages and take over size and virus scanner from the settings."""
    settings = app.extensions["portal.settings"]
    limits.configure(megabytes=int(settings.upload_max_mb))
    scanning.configure(str(settings.virus_scanner))
    for view in (DocumentView, PatientDocumentsView, UploadView):
        appbuilder.add_view_no_menu(view)

"""The pages: a case's documents, one document, and the addresses that files are sent to."""

from portal.documents.views.document import DocumentView
from portal.documents.views.patient import PatientDocumentsView
from portal.documents.views.upload import UploadView

__all__ = ["DocumentView", "PatientDocumentsView", "UploadView"]

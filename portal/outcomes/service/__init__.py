"""What can be done with outcomes: write, sign, object, hand out as a PDF."""

from portal.outcomes.content import OutcomeDraft
from portal.outcomes.service.sealing import kept, named_pdf, pdf, render_all
from portal.outcomes.service.signing import object_to, sign
from portal.outcomes.service.writing import save_draft

__all__ = [
    "OutcomeDraft",
    "kept",
    "named_pdf",
    "object_to",
    "pdf",
    "render_all",
    "save_draft",
    "sign",
]

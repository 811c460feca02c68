"""What changed between two definitions, in words, and how large a version step that is."""

from portal.forms.diff.compare import diff_forms
from portal.forms.diff.model import Change, FormDiff, Level, bump, level_between

__all__ = ["Change", "FormDiff", "Level", "bump", "diff_forms", "level_between"]

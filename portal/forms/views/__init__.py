"""The pages for filling in and reading a patient's form."""

from portal.forms.views.pedigree import FormPedigreeView
from portal.forms.views.reading import FormReadingView
from portal.forms.views.section import FormSectionView
from portal.forms.views.tasks import FormView, RulesView

__all__ = ["FormPedigreeView", "FormReadingView", "FormSectionView", "FormView", "RulesView"]

"""The base of this and the next features' forms."""

from collections.abc import Iterable
from typing import Any

from flask_wtf import FlaskForm
from wtforms.fields.choices import SelectChoice

from portal.kernel.errors import InvalidInputError


def options(pairs: Iterable[tuple[Any, str]]) -> list[SelectChoice]:
    """Return the choices of a select or radio field from (value, label) pairs."""
    return [SelectChoice(value, label) for value, label in pairs]


class LaidForm(FlaskForm):  # type: ignore[misc]
    """A form onto which the domain's errors can be laid."""

    def lay(self, error: InvalidInputError) -> None:
        """Put the error's texts at their fields; what has no field goes on top."""
        loose = []
        for name, text in error.fields.items():
            if name in self:
                self[name].errors = [*self[name].errors, text]
            else:
                loose.append(text)
        if loose or not error.fields:
            top = [error.message, *loose, error.hint]
            self.form_errors.append(" ".join(text for text in top if text))

"""Select fields of FAB and flask-admin that yield what WTForms 3.3 asks for.

Both yield bare tuples from ``iter_choices``; WTForms warns of that and will refuse it in its next
major version.
"""

from collections.abc import Iterator
from functools import wraps
from typing import Any

from flask_admin.contrib.sqla import fields as console_query_fields
from flask_admin.form import fields as console_fields
from flask_appbuilder import fields as fab_fields
from wtforms.fields.choices import Choice

_FIELDS: tuple[Any, ...] = (
    fab_fields.QuerySelectField,
    fab_fields.QuerySelectMultipleField,
    console_fields.Select2Field,
    console_query_fields.QuerySelectField,
    console_query_fields.QuerySelectMultipleField,
)


def mend() -> None:
    """Wrap ``iter_choices`` of the upstream fields once."""
    for field in _FIELDS:
        stock = field.__dict__["iter_choices"]
        if not hasattr(stock, "__wrapped__"):
            field.iter_choices = _yielding_choices(stock)


def _yielding_choices(stock: Any) -> Any:
    @wraps(stock)
    def iter_choices(self: Any) -> Iterator[Choice]:
        for value, label, selected, *rest in stock(self):
            # An empty label would show the marker of "nothing chosen" itself: __None.
            yield Choice(value, label or "–", selected, rest[0] if rest else {})

    return iter_choices

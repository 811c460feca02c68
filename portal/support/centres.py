"""Centres in the console: add, change, say which networks they take part in."""

from typing import Any

from flask_admin.form import BaseForm
from sqlalchemy import ColumnElement, or_, select
from wtforms import BooleanField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, Optional

from portal.kernel import db
from portal.networks import service as networks
from portal.networks.countries import country_choices, country_name
from portal.networks.forms import options
from portal.networks.models import Centre, CentreNetwork, Network
from portal.networks.service import NewCentre
from portal.support import service
from portal.support.console import ConsoleList
from portal.support.service import CentreEdit


class CentreForm(BaseForm):  # type: ignore[misc]
    """A centre as support keeps it."""

    code = StringField(
        "Code",
        [InputRequired("Give the centre a code."), Length(max=30)],
        description="Country and capital letters, such as NL-UTR. It stays.",
    )
    name = StringField("Name", [InputRequired("Give the name of the centre."), Length(max=200)])
    city = StringField("City", [InputRequired("Give the city."), Length(max=100)])
    country = SelectField(
        "Country",
        [InputRequired("Choose the country.")],
        choices=options([("", "Choose"), *country_choices()]),
    )
    networks = SelectMultipleField("Networks", choices=[], validators=[Optional()])
    active = BooleanField("In use", default=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = db.session.execute(
            select(Network.id, Network.short_name).order_by(Network.short_name)
        )
        self.networks.choices = options((i, name) for i, name in rows)


class Centres(ConsoleList):
    """Hospital centres. What a centre decides for itself stands on its own settings page."""

    can_create = can_edit = True
    form = CentreForm
    column_list = ("code", "name", "city", "country", "dpo_agreed_on", "active")
    column_labels = {
        "code": "Code",
        "name": "Name",
        "city": "City",
        "country": "Country",
        "dpo_agreed_on": "Data protection agreement",
        "active": "In use",
    }
    column_sortable_list = ("code", "name", "city", "country", "dpo_agreed_on")
    column_default_sort = "code"
    column_filters = ("country", "active")
    search_hint = "Name, city or code"

    def _country(self, context: Any, row: Any, column: str) -> str:
        del context, column
        return country_name(row.country)

    column_formatters = {"country": _country}

    def matches(self, text: str) -> ColumnElement[bool]:
        """Search name, city and code."""
        columns = (Centre.name, Centre.city, Centre.code)
        return or_(*(c.icontains(text, autoescape=True) for c in columns))

    def on_form_prefill(self, form: Any, id: str) -> None:  # noqa: A002 - upstream's name
        """Tick the networks that the centre takes part in."""
        taking_part = select(CentreNetwork.network_id).where(CentreNetwork.centre_id == id)
        form.networks.data = list(db.session.scalars(taking_part))

    def edit_form(self, obj: Any = None) -> Any:
        """The code stays and the country too: patients' records refer to both."""
        form = super().edit_form(obj)
        del form.code, form.country
        return form

    def write_new(self, form: Any) -> Any:
        """Add the centre."""
        new = NewCentre(
            form.code.data.strip().upper(),
            form.name.data.strip(),
            form.city.data.strip(),
            form.country.data,
            tuple(form.networks.data or ()),
        )
        return db.session.get_one(Centre, networks.create_centre(self.actor, new))

    def write(self, key: str, form: Any) -> None:
        """Change the centre and its networks."""
        wanted = CentreEdit(
            form.name.data.strip(),
            form.city.data.strip(),
            bool(form.active.data),
            tuple(form.networks.data or ()),
        )
        service.save_centre(self.actor, key, wanted)

"""Flask-AppBuilder's data access, held to the policy: rows of the actor only, writes by services only.

Stock ``SQLAInterface`` counts whole tables, takes any page size, sorts and filters by any column, lets a
select field list foreign rows, and commits by itself. Here every read carries the policy's criterion,
a page has at most 100 rows, a count stops at 1000, and the writing methods refuse.
"""

from collections.abc import Callable
from typing import Any, ClassVar, NoReturn

from flask import has_request_context
from flask_appbuilder.models.filters import Filters
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_login import current_user
from sqlalchemy import ColumnElement, false, select
from sqlalchemy.orm import Query, joinedload

from portal.access import guard
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.networks.models import Network, ThematicArea

LARGEST_PAGE = 100
LARGEST_COUNT = 1000


def _networks(actor: Actor) -> ColumnElement[bool]:
    return guard.visible(actor, Permission.NETWORK_CONFIGURE)


def _areas(actor: Actor) -> ColumnElement[bool]:
    return ThematicArea.network_id.in_(select(Network.id).where(_networks(actor)))


class PolicyInterface(SQLAInterface):  # type: ignore[misc]
    """Reads rows that the actor may configure; hands every write to the view's service."""

    criteria: ClassVar[dict[type, Callable[[Actor], ColumnElement[bool]]]] = {
        Network: _networks,
        ThematicArea: _areas,
    }
    eager: ClassVar[dict[type, tuple[Any, ...]]] = {ThematicArea: (ThematicArea.network,)}

    def query(
        self,
        filters: Filters | None = None,
        order_column: str = "",
        order_direction: str = "",
        page: int | None = None,
        page_size: int | None = None,
        select_columns: list[str] | None = None,
        outer_default_load: bool = False,  # noqa: FBT001, FBT002 - upstream's signature
    ) -> tuple[int, list[Any]]:
        """Return the count (at most 1000) and one page of the actor's rows."""
        del select_columns, outer_default_load
        query = self._mine()
        if filters is not None:
            query = filters.apply_all(query)
        size = min(page_size or LARGEST_PAGE, LARGEST_PAGE)
        size = size if size > 0 else LARGEST_PAGE
        count = query.order_by(None).limit(LARGEST_COUNT).count()
        start = max(0, min(page or 0, LARGEST_COUNT)) * size
        rows = self._ordered(query, order_column, order_direction).offset(start).limit(size)
        return count, rows.all()

    def get(
        self,
        id: Any,  # noqa: A002 - upstream's signature
        filters: Filters | None = None,
        select_columns: list[str] | None = None,
        outer_default_load: bool = False,  # noqa: FBT001, FBT002 - upstream's signature
    ) -> Any:
        """Return one of the actor's rows, or nothing."""
        del select_columns, outer_default_load
        query = self._mine().filter(self.obj.id == str(id))
        if filters is not None:
            query = filters.apply_all(query)
        return query.one_or_none()

    def get_related_obj(self, col_name: str, value: Any) -> Any:
        """Return the related row that a filter names, if the actor may configure it."""
        return type(self)(self.get_related_model(col_name)).get(value)

    def _mine(self) -> Query[Any]:
        actor = getattr(current_user, "actor", None) if has_request_context() else None
        criterion = self.criteria.get(self.obj)
        allowed = criterion(actor) if criterion and isinstance(actor, Actor) else false()
        query: Query[Any] = self.session.query(self.obj).filter(allowed)
        return query.options(*(joinedload(r) for r in self.eager.get(self.obj, ())))

    def _ordered(self, query: Query[Any], column: str, direction: str) -> Query[Any]:
        known = self.list_columns.get(column)
        if known is None:
            return query.order_by(self.obj.id)
        attribute = getattr(self.obj, column)
        return query.order_by(attribute.desc() if direction == "desc" else attribute, self.obj.id)

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: a row is written by a service, which asks the policy and records who did it."""
        raise NotImplementedError("write through a service, see ServiceModelView")

    add = edit = delete = delete_all = _refuse

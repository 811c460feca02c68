"""Ten times as many rows as the furnished world has, so that a statement per row shows itself.

Rows are copied in the tables themselves: every list on every page grows, also those inside a case.
"""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table, func, insert, select

from portal.kernel import db
from portal.kernel.ids import new_id

Key = tuple[str, Any, int]


@dataclass(frozen=True)
class Copy:
    """How rows of a table are copied: ``marked`` texts get a number, ``moved`` columns follow a copy."""

    table: str
    marked: tuple[str, ...] = ()
    moved: dict[str, str] = field(default_factory=dict)
    counted: tuple[str, ...] = ()


_PERSON = {"person_id": "person"}
COPIES = (
    Copy("ab_user", ("username", "email")),
    Copy("person", ("email", "family_name"), {"user_id": "ab_user"}),
    Copy("centre", ("code", "name")),
    Copy("centre_network", (), {"centre_id": "centre"}),
    Copy("thematic_area", ("code", "label")),
    Copy("membership", (), _PERSON),
    Copy("area_interest", (), _PERSON),
    Copy("expert_group", ("name",)),
    Copy("expert_group_member", (), _PERSON),
    Copy("access_request", (), _PERSON),
    Copy("access_invitation", ("digest",)),
    Copy("web_session", ("digest",)),
    Copy("patient", ("nickname",)),
    Copy("consent", (), {"patient_id": "patient"}),
    Copy("panel", ("number", "title")),
    Copy("panel_member", (), _PERSON),
    Copy("panel_member", (), {"panel_id": "panel"}),
    Copy("contribution"),
    Copy("agreement", (), _PERSON),
    Copy("information_request"),
    Copy("comment"),
    Copy("timeline_entry"),
    Copy("outcome", (), {"panel_id": "panel"}),
    Copy("signature", ("outcome_hash",)),
    Copy("document", ("name",)),
    Copy("form_answer_change", (), {}, ("version",)),
    Copy("task"),
    Copy("notice"),
    Copy("muted_subject", ("subject",)),
    Copy("outbox_message", ("key",)),
    Copy("job", ("key",)),
    Copy("audit_event", (), {}, ("sequence",)),
)


def multiply(times: int = 10) -> dict[str, int]:
    """Copy every row ``times`` - 1 times; return how many rows each table has now."""
    tables = db.metadata().tables
    originals = {c.table: _rows(tables[c.table]) for c in COPIES}
    made: dict[Key, Any] = {}
    for copy in COPIES:
        table, rows = tables[copy.table], originals[copy.table]
        copies = [_copy(copy, table, row, n, made) for n in range(1, times) for row in rows]
        if copies:
            db.session.execute(insert(table), copies)
    db.session.commit()
    db.session.expire_all()
    return {
        name: db.session.scalar(select(func.count()).select_from(tables[name])) or 0
        for name in originals
    }


def _rows(table: Table) -> list[dict[str, Any]]:
    return [dict(row) for row in db.session.execute(select(table)).mappings()]


def _copy(
    copy: Copy, table: Table, row: dict[str, Any], number: int, made: dict[Key, Any]
) -> dict[str, Any]:
    new = dict(row)
    if "id" in new:
        integer = isinstance(row["id"], int)
        new["id"] = row["id"] + number * 100_000 if integer else new_id()
        made[copy.table, row["id"], number] = new["id"]
    for column in copy.marked:
        length = getattr(table.c[column].type, "length", None) or 200
        new[column] = f"{number}-{row[column]}"[:length]
    for column in copy.counted:
        new[column] = row[column] + number * 100_000
    for column, followed in copy.moved.items():
        new[column] = made[followed, row[column], number]
    return new

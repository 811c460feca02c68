"""Panel numbers such as ``NMD-2026-0001``: per network and year, without gaps or doubles."""

from sqlalchemy import select

from portal.kernel import clock, db
from portal.networks.models import Network
from portal.panels.models import PanelNumber


def next_number(network: Network) -> str:
    """Return the next number of the network; the counter's row is locked until the commit."""
    year = clock.today().year
    row = db.session.scalar(
        select(PanelNumber)
        .where(PanelNumber.network_id == network.id, PanelNumber.year == year)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        row = PanelNumber(network_id=network.id, year=year, last=0)
        db.session.add(row)
        db.session.flush()
    row.last += 1
    return f"{network.code.upper()}-{year}-{row.last:04d}"

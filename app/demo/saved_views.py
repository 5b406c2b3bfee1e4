"""Saved views of the demo: what a desk looks at every day."""

from typing import Any, Final

from app.assets.devices.web_interface import DEVICES
from app.desk.tickets.web_interface import TICKETS
from app.platform.kernel.actor import Actor
from app.platform.kernel.unit_of_work import UnitOfWorkFactory
from app.platform.lists.web_interface import SavedViewCreate, SavedViews

_SHARED: Final[tuple[tuple[Any, SavedViewCreate], ...]] = (
    (TICKETS, SavedViewCreate(name="P1，先看这些", shared=True, query={"view": "open", "priority": "P1"})),
    (
        TICKETS,
        SavedViewCreate(
            name="等备件、等客户",
            shared=True,
            query={"view": "waiting", "sort": "reported_at"},
            columns=["priority", "subject", "client_name", "state", "engineer_name", "reported_at"],
        ),
    ),
    (
        DEVICES,
        SavedViewCreate(
            name="备用机在哪里",
            shared=True,
            query={"state": "spare", "sort": "client_name"},
            columns=["number", "category", "brand", "model", "client_name", "site_name"],
        ),
    ),
)


async def save_views(units_of_work: UnitOfWorkFactory, owner: Actor) -> None:
    """The views that the partner's people share."""
    for listing, view in _SHARED:
        async with units_of_work.begin(owner) as work:
            await SavedViews(work, listing).create(view)

"""Who bought the service: clients with a subscription of network security among their add-ons (B3)."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, select

from app.desk.security.errors import SecurityNotBought
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.addons import AddonKind, AddonOrderState
from billing.addons.models import AddonOrder

CATEGORY: Final = "network_security"
"""The service category of the add-ons that are this service."""
_RUNNING: Final = (AddonOrderState.ACTIVE, AddonOrderState.ENDING)
_BOUGHT: Final = (*_RUNNING, AddonOrderState.ENDED)
"""What was delivered while it ran stays readable after its end."""


def _orders(states: tuple[AddonOrderState, ...]) -> ColumnElement[bool]:
    return and_(
        AddonOrder.kind == AddonKind.SUBSCRIBED,
        AddonOrder.service_category == CATEGORY,
        AddonOrder.state.in_(states),
    )


def subscribers() -> Select[Any]:
    """The clients whose subscription runs."""
    return select(AddonOrder.client_id).where(_orders(_RUNNING)).distinct()


def bought_by(client_id: UUID | None) -> Select[Any]:
    """One order by which a client has, or had, the service."""
    return select(AddonOrder.id).where(AddonOrder.client_id == client_id, _orders(_BOUGHT)).limit(1)


async def has_bought(work: UnitOfWork, client_id: UUID) -> bool:
    """Whether a client has, or had, the service."""
    return await work.session.scalar(bought_by(client_id)) is not None


async def require_running(work: UnitOfWork, client_id: UUID) -> None:
    """
    Raises:
        SecurityNotBought: no subscription of the client runs.
    """
    if await work.session.scalar(subscribers().where(AddonOrder.client_id == client_id)) is None:
        raise SecurityNotBought

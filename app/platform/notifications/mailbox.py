"""The mailbox of a demo or a test: what would have gone out, for whoever tries the system."""

import re
from typing import Final
from uuid import UUID

from sqlalchemy import select

from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.columns import view_of
from app.platform.kernel.errors import NotFound
from app.platform.kernel.runtime import Runtime
from app.platform.notifications.models import Delivery
from app.platform.notifications.schemas import DeliveryState, MailboxMessage
from tenants.models import Tenant

LIMIT: Final = 50
_CODE: Final = re.compile(r"(?<!\d)\d{6}(?!\d)")


async def newest_messages(runtime: Runtime, address: str | None = None) -> list[MailboxMessage]:
    """The newest messages of all tenants, tenant by tenant; to one address where given.

    Raises:
        NotFound: in production, where nothing is kept and nobody may look.
    """
    if runtime.settings.environment == "production":
        raise NotFound
    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        tenants = (await work.session.execute(select(Tenant.id, Tenant.name))).all()
    found = [message for tenant_id, name in tenants for message in await _of_tenant(runtime, tenant_id, name, address)]
    return sorted(found, key=lambda message: (message.created_at, message.id), reverse=True)[:LIMIT]


async def _of_tenant(runtime: Runtime, tenant_id: UUID, name: str, address: str | None) -> list[MailboxMessage]:
    statement = (
        select(Delivery.id, Delivery.channel, Delivery.address, Delivery.subject, Delivery.text, Delivery.created_at)
        .where(Delivery.state == DeliveryState.MAILBOX)
        .order_by(Delivery.created_at.desc(), Delivery.id.desc())
        .limit(LIMIT)
    )
    if address is not None:
        statement = statement.where(Delivery.address == address)
    async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
        rows = (await work.session.execute(statement)).all()
    return [
        view_of(MailboxMessage, row, tenant=name, code=code[0] if (code := _CODE.search(row.text)) else None)
        for row in rows
    ]

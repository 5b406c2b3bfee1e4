"""The daily anchor: the chain's head, mailed weekly so that a copy exists outside the database."""

from datetime import date
from typing import Final

from app.people.audit.messages import anchor_message
from app.people.audit.repository import ChainRepository
from app.people.audit.schemas import Anchor
from app.people.audit.services.linking import link_pending
from app.people.identity import ADMINISTRATOR_ROLES, in_roles, kind_of_member, read_recipients
from app.platform.kernel.errors import Forbidden
from app.platform.kernel.time_source import platform_day
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.notifications import send
from rbac import Permission

WEEK: Final = 7
MONDAY: Final = 0


async def anchor_day(work: UnitOfWork) -> None:
    """Link what is pending and write down where the chain ends; on Mondays mail the owners the week's anchors.

    The day is the one on which the anchor is made, by the network's clock.
    """
    while await link_pending(work):
        pass
    chain = ChainRepository(work.session, work.tenant_id)
    head = await chain.head()
    day = platform_day(work.now)
    if head.sequence == 0 or not await chain.anchor(day, head, work.now):
        return
    if day.weekday() == MONDAY:
        await _mail_anchors(work, chain, day)


async def _mail_anchors(work: UnitOfWork, chain: ChainRepository, day: date) -> None:
    anchors = [Anchor.of(each) for each in await chain.anchors(limit=WEEK)]
    administrator = ADMINISTRATOR_ROLES[kind_of_member(work.tenant_id, None)]
    for address in in_roles(await read_recipients(work), [administrator]):
        if address.email:
            await send(work, anchor_message(address, anchors, day))
    work.audit("audit_anchor.sent", "audit_anchor", None, day=day)


async def anchors_of(work: UnitOfWork, limit: int) -> list[Anchor]:
    """The tenant's anchors, newest first.

    Raises:
        Forbidden: without `audit_log:read`, and for clients: the chain is the partner's.
    """
    work.actor.require(Permission.AUDIT_LOG_READ)
    if work.actor.client_id is not None:
        raise Forbidden
    return [Anchor.of(each) for each in await ChainRepository(work.session, work.tenant_id).anchors(limit=limit)]

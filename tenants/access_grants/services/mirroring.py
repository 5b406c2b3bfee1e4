"""The mirrored row of a grant on the other side: made and updated by events, once each, in any order."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.people.identity import ADMINISTRATOR_ROLES, in_roles, read_recipients
from app.platform.background import reschedule
from app.platform.kernel.actor import HQ_TENANT_ID, Actor, ActorKind
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.notifications import Notice, Severity, notify
from tenants.access_grants.events import AccessRead
from tenants.access_grants.lifecycle import ACCESS_GRANT, GrantMove, GrantState, Side
from tenants.access_grants.models import AccessGrant
from tenants.access_grants.schemas import AccessGrantView

ASKED: Final = N_("总部 %(person)s 申请查看贵公司的记录，请处理。原因：%(reason)s")
OVERRIDDEN: Final = N_("紧急访问：总部 %(person)s 未经同意开始查看贵公司的记录。原因：%(reason)s")
ANSWERED: Final = N_("%(company)s 处理了您的访问申请。")

_SHARED: Final = ("state", "client_id", "decided_by_name", "decided_at", "decision", "expires_at", "ended_at")
"""Fields that are copied from the side that changed."""


async def read_row(runtime: Runtime, tenant_id: UUID, grant_id: UUID) -> AccessGrantView | None:
    """One side's row as it stands."""
    async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
        row = await work.session.scalar(select(AccessGrant).where(AccessGrant.id == grant_id))
        return AccessGrantView.of(row) if row is not None else None


async def mirror(work: UnitOfWork, asked: AccessGrantView, public_url: str) -> None:
    """Make the request's row in the partner's tenant, and notify its owners."""
    values = {name: getattr(asked, name) for name in asked.__struct_fields__}
    made = await work.session.scalar(
        insert(AccessGrant)
        .values(tenant_id=work.tenant_id, **values)
        .on_conflict_do_nothing(index_elements=["tenant_id", "id"])
        .returning(AccessGrant.id)
    )
    if made is None:
        return
    work.audit(
        "access_grant.overridden" if asked.emergency else "access_grant.requested",
        "access_grant",
        asked.id,
        kinds=asked.record_kinds,
        hours=asked.hours,
        requested_by=asked.requested_by,
    )
    if asked.state in ACCESS_GRANT.final:
        return
    await reschedule(work, DueKind.ACCESS_EXPIRY, asked.id, asked.expires_at)
    owners = in_roles(await read_recipients(work), [ADMINISTRATOR_ROLES[ActorKind.PROVIDER]])
    notice = Notice(
        reference=f"access_grant:{asked.id}",
        text=OVERRIDDEN if asked.emergency else ASKED,
        parameters={"person": asked.requested_by_name, "reason": asked.reason[:200]},
        link="/workspace/access",
        severity=Severity.URGENT if asked.emergency else Severity.ATTENTION,
    )
    await notify(work, owners, notice, public_url=public_url)


async def apply_change(work: UnitOfWork, other_side: AccessGrantView, public_url: str) -> bool:
    """Move this side's row to where the other's stands; False when it is not here yet."""
    row = await work.session.scalar(select(AccessGrant).where(AccessGrant.id == other_side.id).with_for_update())
    if row is None:
        return False
    before = row.state
    if before in ACCESS_GRANT.final or other_side.state == before:
        return True
    for name in _SHARED:
        setattr(row, name, getattr(other_side, name))
    row.version += 1
    work.audit("access_grant.changed", "access_grant", row.id, before=before, after=row.state)
    if row.state == GrantState.OPEN:
        await reschedule(work, DueKind.ACCESS_EXPIRY, row.id, row.expires_at)
    if work.tenant_id == HQ_TENANT_ID:
        asker = [each.address for each in await read_recipients(work) if each.address.membership_id == row.requested_by]
        notice = Notice(
            reference=f"access_grant:{row.id}:{row.state}",
            text=ANSWERED,
            parameters={"company": row.partner_name},
            link=f"/hq/access/{row.id}",
        )
        await notify(work, asker, notice, public_url=public_url)
    return True


async def expire(runtime: Runtime, tenant_id: UUID, grant_ids: Sequence[UUID]) -> None:
    """Set expired grants to expired. Reading ends with `expires_at`, whether or not this has run."""
    async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
        rows = await work.session.scalars(
            select(AccessGrant).where(AccessGrant.id.in_(grant_ids)).order_by(AccessGrant.id).with_for_update()
        )
        for row in rows:
            if ACCESS_GRANT.allows(GrantMove.EXPIRE, row.state, Side.PLATFORM) and row.expires_at <= work.now:
                row.state, row.ended_at = GrantState.EXPIRED, work.now
                row.version += 1
                work.audit("access_grant.expired", "access_grant", row.id)


def note_read(work: UnitOfWork, read: AccessRead) -> None:
    """The audit entry of the read in headquarters' own log."""
    reader = Actor(
        kind=ActorKind.HQ, tenant_id=HQ_TENANT_ID, account_id=read.account_id, membership_id=read.membership_id
    )
    work.audit_as(reader, "access_grant.used", read.record_kind, read.record_id, grant=read.grant_id)


def read_from(payload: dict[str, object]) -> AccessRead:
    return msgspec.convert(payload, AccessRead)

"""What follows on this side when the other's row of a grant has changed, and the end of what has expired."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from app.people.approvals import request_approval, withdraw
from app.people.identity import ADMINISTRATOR_ROLES, in_roles, read_recipients
from app.platform.background import reschedule
from app.platform.background.mirrors import MirroredChange, MirrorSide
from app.platform.kernel.actor import HQ_TENANT_ID, Actor, ActorKind
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.notifications import Notice, Severity, notify
from tenants.access_grants.consent import ACCESS_CONSENT, consent_request, locked_grant, move_grant
from tenants.access_grants.events import AccessRead
from tenants.access_grants.lifecycle import ACCESS_GRANT, GrantMove, GrantState, Side
from tenants.access_grants.models import AccessGrant

OVERRIDDEN: Final = N_("紧急访问：总部 %(person)s 未经同意开始查看贵公司的记录。原因：%(reason)s")
ANSWERED: Final = N_("%(company)s 处理了您的访问申请。")


async def follow(work: UnitOfWork, runtime: Runtime, grant: AccessGrant, change: MirroredChange) -> None:
    """A request has come in at the partner, or one side's row has followed the other's move."""
    if not change.created and grant.state == change.before:
        return
    if grant.state == GrantState.OPEN:
        await reschedule(work, DueKind.ACCESS_EXPIRY, grant.id, grant.expires_at)
    if change.created:
        await _receive(work, grant, runtime.settings.public_url)
        return
    work.audit("access_grant.changed", "access_grant", grant.id, before=change.before, after=grant.state)
    if grant.side is MirrorSide.OWNER:
        await _notify_asker(work, grant, runtime.settings.public_url)
    else:
        await withdraw(work, ACCESS_CONSENT, grant.id, missing_ok=True)


async def _receive(work: UnitOfWork, grant: AccessGrant, public_url: str) -> None:
    work.audit(
        "access_grant.overridden" if grant.emergency else "access_grant.requested",
        "access_grant",
        grant.id,
        kinds=grant.record_kinds,
        hours=grant.hours,
        requested_by=grant.requested_by,
    )
    if grant.state == GrantState.REQUESTED:
        await request_approval(work, ACCESS_CONSENT, consent_request(grant))
    if grant.state != GrantState.OPEN:
        return
    owners = in_roles(await read_recipients(work), [ADMINISTRATOR_ROLES[ActorKind.PROVIDER]])
    notice = Notice(
        reference=f"access_grant:{grant.id}",
        text=OVERRIDDEN,
        parameters={"person": grant.requested_by_name, "reason": grant.reason[:200]},
        link="/workspace/access",
        severity=Severity.URGENT,
    )
    await notify(work, owners, notice, public_url=public_url)


async def _notify_asker(work: UnitOfWork, grant: AccessGrant, public_url: str) -> None:
    asker = [each.address for each in await read_recipients(work) if each.address.membership_id == grant.requested_by]
    notice = Notice(
        reference=f"access_grant:{grant.id}:{grant.state}",
        text=ANSWERED,
        parameters={"company": grant.partner_name},
        link=f"/hq/access/{grant.id}",
    )
    await notify(work, asker, notice, public_url=public_url)


async def expire(runtime: Runtime, tenant_id: UUID, grant_ids: Sequence[UUID]) -> None:
    """Set expired grants to expired. Reading ends with `expires_at`, whether or not this has run."""
    async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
        for grant_id in sorted(grant_ids):
            grant = await locked_grant(work, grant_id)
            if (
                grant is not None
                and ACCESS_GRANT.allows(GrantMove.EXPIRE, grant.state, Side.PLATFORM)
                and grant.expires_at <= work.now
            ):
                move_grant(work, grant, GrantMove.EXPIRE)


def note_read(work: UnitOfWork, read: AccessRead) -> None:
    """The audit entry of the read in headquarters' own log."""
    reader = Actor(
        kind=ActorKind.HQ, tenant_id=HQ_TENANT_ID, account_id=read.account_id, membership_id=read.membership_id
    )
    work.audit_as(reader, "access_grant.used", read.record_kind, read.record_id, grant=read.grant_id)

"""Reading under a grant: both sides' rows open, a read-only transaction in the partner's tenant, two log entries (N8).

The database keeps it: the transaction is bound to the partner, to one client's ring where the grant names a client, and
is made READ ONLY before anything is read, once the entries are written.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from uuid import UUID

from sqlalchemy import select, text

from app.platform.kernel.actor import HQ_TENANT_ID, Actor, ActorKind
from app.platform.kernel.errors import Forbidden, NotFound
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import Origin, UnitOfWork
from rbac import Permission
from tenants.access_grants.events import AccessRead
from tenants.access_grants.lifecycle import GrantState
from tenants.access_grants.models import AccessGrant
from tenants.access_grants.schemas import AccessGrantView, RecordKind
from tenants.context import as_platform
from tenants.models import KEPT_STATES, Tenant

GRANTED_PERMISSIONS: Final = {
    RecordKind.TICKET: frozenset({Permission.TICKET_READ, Permission.CLIENT_READ}),
    RecordKind.DEVICE: frozenset({Permission.DEVICE_READ, Permission.CLIENT_READ}),
}
"""The read permissions that each kind of record in a grant gives."""


@asynccontextmanager
async def read_under_grant(
    runtime: Runtime, actor: Actor, origin: Origin, grant_id: UUID, *, kind: RecordKind, record_id: UUID | None = None
) -> AsyncIterator[UnitOfWork]:
    """A unit of work in the partner's tenant that can only read what the grant opens. What is read is written down in
    the partner's log before it is read, and told to headquarters' by an event.

    Raises:
        Forbidden: the actor is not headquarters' or may not ask for access.
        NotFound: no grant of this person is open for this kind of record at this moment.
    """
    actor.require(Permission.ACCESS_GRANT_REQUEST)
    if actor.kind is not ActorKind.HQ or actor.tenant_id != HQ_TENANT_ID or actor.membership_id is None:
        raise Forbidden
    async with runtime.units_of_work.begin(actor, origin) as work:
        ours = await _open(work, grant_id, actor.membership_id, kind)
        state = await work.session.scalar(select(Tenant.state).where(Tenant.id == ours.partner_id))
    if state not in KEPT_STATES:
        raise NotFound
    async with runtime.units_of_work.begin(Actor.system(ours.partner_id), origin) as work:
        theirs = await _open(work, grant_id, actor.membership_id, kind)
    reader = Actor(
        kind=ActorKind.HQ,
        tenant_id=ours.partner_id,
        client_id=theirs.client_id,
        account_id=actor.account_id,
        membership_id=actor.membership_id,
        session_id=actor.session_id,
        display_name=actor.display_name,
        permissions=frozenset().union(
            *(GRANTED_PERMISSIONS[RecordKind(each)] for each in set(ours.record_kinds) & set(theirs.record_kinds))
        ),
        read_only=True,
        language=actor.language,
    )
    async with runtime.units_of_work.begin(reader, origin) as work:
        async with as_platform(work):
            # Again and locked against a revocation: whoever revokes waits for this read, and no read comes after it.
            await _open(work, grant_id, actor.membership_id, kind, locked=True)
            work.audit("access_grant.used", kind, record_id, grant=grant_id)
            work.publish(
                AccessRead(
                    grant_id=grant_id,
                    membership_id=actor.membership_id,
                    account_id=actor.account_id,
                    record_kind=kind,
                    record_id=record_id,
                )
            )
        await work.session.execute(text("SET TRANSACTION READ ONLY"))
        yield work


async def _open(
    work: UnitOfWork, grant_id: UUID, membership_id: UUID, kind: RecordKind, *, locked: bool = False
) -> AccessGrantView:
    statement = select(AccessGrant).where(
        AccessGrant.id == grant_id,
        AccessGrant.requested_by == membership_id,
        AccessGrant.state == GrantState.OPEN,
        AccessGrant.expires_at > work.now,
    )
    row = await work.session.scalar(statement.with_for_update(read=True) if locked else statement)
    if row is None or kind not in row.record_kinds:
        raise NotFound
    return AccessGrantView.of(row)

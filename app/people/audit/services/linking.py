"""Linking: what was written down joins its tenant's chain, once, in the order in which it is found.

An entry joins when its transaction has committed, however old its id is by then: what counts is that it has a
`audit_pending` row. The primary key (tenant, sequence) lets only one of two linkers win; the other tries again.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.people.audit.digest import entry_digest, link_hash
from app.people.audit.repository import ChainRepository
from app.platform.kernel.actor import Actor
from app.platform.kernel.audit import AuditPending
from app.platform.kernel.logs import OncePerMinute, log
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWork
from tenants.models import KEPT_STATES, Tenant

BATCH: Final = 500
"""Entries linked in one transaction."""

_log: Final = log(__name__)


async def link_pending(work: UnitOfWork, limit: int = BATCH) -> int:
    """Link at most `limit` entries of the tenant, the oldest first; returns how many were taken off the list.

    What vanished before it was linked stays on the list, where the verification finds it.
    """
    chain = ChainRepository(work.session, work.tenant_id)
    pending = await chain.pending(limit)
    if not pending:
        return 0
    entries = await chain.entries(pending)
    sequence, previous = await chain.head()
    links = []
    for entry in entries:
        sequence += 1
        digest = entry_digest(entry)
        present = link_hash(work.tenant_id, sequence, previous, digest)
        links.append(
            {
                "tenant_id": work.tenant_id,
                "sequence": sequence,
                "entry_id": entry["id"],
                "entry_digest": digest,
                "previous_hash": previous,
                "hash": present,
            }
        )
        previous = present
    await chain.add(links, [entry["id"] for entry in entries])
    return len(links)


class Linker:
    """Links what is pending, tenant by tenant. Any number may run."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._once_per_minute = OncePerMinute()

    async def run_once(self) -> int:
        """A turn in every tenant that has something pending; returns how many entries were linked."""
        linked = 0
        for tenant_id in await self._waiting():
            try:
                async with self._runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
                    linked += await link_pending(work)
            except IntegrityError:
                continue  # another linker was quicker: its links stand, ours are tried again
            except Exception as failure:  # noqa: BLE001 - one tenant's failure must not keep the others waiting
                if self._once_per_minute("audit_not_linked"):
                    _log.error("audit_not_linked", tenant_id=str(tenant_id), exc_info=failure)
        return linked

    async def _waiting(self) -> Sequence[UUID]:
        async with self._runtime.engine("sweeper").connect() as connection:
            statement = (
                select(AuditPending.tenant_id)
                .join(Tenant, Tenant.id == AuditPending.tenant_id)
                .where(Tenant.state.in_(KEPT_STATES))  # not while a tenant is being restored or erased
                .distinct()
            )
            return (await connection.scalars(statement)).all()

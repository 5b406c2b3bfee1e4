"""Erasure of a tenant: all rows and files, table by table, with a certificate (N1).

Rows go as the owner role, inside the tenant's own context and under its policies: the app role may not remove what is
append-only, and is not given a way to (docs/adr). Every batch is a transaction of its own, so a killed erasure goes on
by beginning again: what is gone is gone, and what the certificate tells was counted before the first row went, when
nobody could write any more.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from app.people.identity import AccountSession, Membership, forget_accounts
from app.platform.documents import content_hash
from app.platform.files import FileStore, StoredFile
from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.areas import gathered
from app.platform.kernel.errors import NotFound
from app.platform.kernel.outbox import DueEntry, DueKind
from app.platform.kernel.performance import driver_of
from app.platform.kernel.unit_of_work import UnitOfWork, UnitOfWorkFactory
from app.platform.notifications.models import Delivery
from tenants.data_lifecycle.archive_store import ArchiveStore
from tenants.data_lifecycle.errors import ErasureNotDue
from tenants.data_lifecycle.models import TenantErasure
from tenants.data_lifecycle.schemas import Certificate, KeptRows
from tenants.data_lifecycle.tables import TenantTable, TenantTables
from tenants.models import Tenant
from tenants.partners import PARTNER, PartnerState, Step, TransitionKind, record_step
from tenants.partners.models import Partner, PartnerApplication, PartnerTransition

BATCH: Final = 2_000
"""Rows removed in one transaction: short enough that nobody waits for it."""

FIGURES: Final = "figures"
LOGS: Final = "logs"

KEPT: Final[Mapping[str, tuple[str, str]]] = {
    "quality_day": (FIGURES, "true"),
    "quality_rollup": (FIGURES, "true"),
    "audit_entry": (LOGS, "occurred_at >= $3"),
}
"""Tables of which rows stay: why, and which. Sums that headquarters computed tell of nobody. Network logs must be kept
for six months at least (《中华人民共和国网络安全法》); they go once they are old enough."""

Renew = Callable[[], Awaitable[None]]


async def _no_lease() -> None:
    """For callers without a lease."""


class TenantEraser:
    """Erases one partner. `owner` opens units of work as the role that owns the tables."""

    def __init__(
        self,
        units_of_work: UnitOfWorkFactory,
        owner: UnitOfWorkFactory,
        signin: AsyncEngine,
        tables: TenantTables,
        *,
        store: FileStore,
        archive_store: ArchiveStore,
        log_days: int,
    ) -> None:
        self._units_of_work = units_of_work
        self._owner = owner
        self._signin = signin
        self._store = store
        self._archive_store = archive_store
        self._tables = tables
        self._log_days = log_days

    async def erase(self, partner_id: UUID, renew: Renew = _no_lease) -> None:
        """Erase what is due: everything of a terminated partner, or the last logs of an erased one. `renew` is called
        between batches.

        Raises:
            NotFound: no such partner.
            ErasureNotDue: it is not terminated, or is still kept.
        """
        erasure = await self._begin(partner_id)
        if erasure.finished_at is None:
            await self._store.delete_tenant(partner_id)
            await self._archive_store.remove_tenant(partner_id)
            await self._clear_deferred_columns(partner_id)
            for table in reversed(self._tables.everything):
                await self._erase_rows(partner_id, table, erasure.logs_from, renew)
            await self._erase_names_at_headquarters(partner_id)
            accounts = await self._erase_people(partner_id, [UUID(each) for each in erasure.account_ids])
            await self._complete(partner_id, accounts)
        else:
            await self._erase_logs(partner_id, renew)

    async def _begin(self, partner_id: UUID) -> TenantErasure:
        """The erasure's row: made once, with the count of what it will remove."""
        async with self._units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
            partner = await work.session.get(Partner, (HQ_TENANT_ID, partner_id), with_for_update=True)
            tenant = await work.session.get(Tenant, partner_id)
            if partner is None or tenant is None:
                raise NotFound
            present = await work.session.get(TenantErasure, (HQ_TENANT_ID, partner_id))
            if present is None:
                if partner.state != PartnerState.TERMINATED or tenant.erase_after is None:
                    raise ErasureNotDue
                if tenant.erase_after > work.now:
                    raise ErasureNotDue
                _step(work, partner, Step.BEGIN_ERASURE)
                tenant.state = partner.state
                work.audit("tenant.erasure_started", "partner", partner_id)
        # From here on nobody signs in and nothing is swept: what is counted now is what there is.
        return present or await self._count(partner_id)

    async def _count(self, partner_id: UUID) -> TenantErasure:
        logs_from = self._units_of_work.clock.now() - timedelta(days=self._log_days)
        rows: dict[str, int] = {}
        kept: dict[str, int] = {}
        async with self._units_of_work.snapshot(Actor.system(partner_id)) as session:
            driver = await driver_of(session)
            for table in self._tables.everything:
                all_rows = await driver.fetchval(f"SELECT count(*) FROM {table.name} WHERE tenant_id = $1", partner_id)  # noqa: S608
                stay = await driver.fetchval(*_kept_rows(table, partner_id, logs_from)) if table.name in KEPT else 0
                if all_rows - stay:
                    rows[table.name] = all_rows - stay
                if stay:
                    kept[table.name] = stay
            files, size = (
                await session.execute(select(func.count(StoredFile.id), func.coalesce(func.sum(StoredFile.size), 0)))
            ).one()
            people = list(await session.scalars(select(Membership.account_id).distinct()))
        async with self._units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
            present = await work.session.get(TenantErasure, (HQ_TENANT_ID, partner_id))
            if present is not None:
                return present
            decided = (
                await work.session.execute(
                    select(PartnerTransition.actor_name, PartnerTransition.reason, PartnerTransition.occurred_at)
                    .where(
                        PartnerTransition.subject_id == partner_id,
                        PartnerTransition.after == PartnerState.TERMINATED,
                    )
                    .order_by(PartnerTransition.occurred_at.desc(), PartnerTransition.id.desc())
                    .limit(1)
                )
            ).one()
            made = TenantErasure(
                tenant_id=HQ_TENANT_ID,
                id=partner_id,
                begun_at=work.now,
                decided_at=decided.occurred_at,
                decided_by=decided.actor_name,
                reason=decided.reason,
                rows=rows,
                kept=kept,
                files=files,
                file_bytes=int(size),
                account_ids=[str(each) for each in people],
                logs_from=logs_from,
                certificate={},
            )
            work.session.add(made)
        return made

    async def _clear_deferred_columns(self, partner_id: UUID) -> None:
        """Set mutual references to NULL, so that the rows can be removed."""
        for table in self._tables.everything:
            if table.deferred_columns:
                async with self._owner.begin(Actor.system(partner_id)) as work:
                    await (await driver_of(work.session)).execute(table.clear_deferred_columns, partner_id)

    async def _erase_rows(self, partner_id: UUID, table: TenantTable, logs_from: datetime, renew: Renew) -> None:
        """Remove a table's rows batch by batch, except those that are kept."""
        condition = KEPT.get(table.name, ("", ""))[1]
        removed = BATCH
        while removed == BATCH:
            await renew()
            values = [partner_id, BATCH] + ([logs_from] if "$3" in condition else [])
            async with self._owner.begin(Actor.system(partner_id)) as work:
                driver = await driver_of(work.session)
                removed = int((await driver.execute(table.remove(condition), *values)).rpartition(" ")[2])

    async def _erase_names_at_headquarters(self, partner_id: UUID) -> None:
        """Empty people's names and words in headquarters' rows; figures and decisions stay."""
        async with self._owner.begin(Actor.system(HQ_TENANT_ID)) as work:
            driver = await driver_of(work.session)
            for statement in gathered("names_at_headquarters").values():
                await driver.execute(statement, HQ_TENANT_ID, partner_id)

    async def _erase_people(self, partner_id: UUID, account_ids: list[UUID]) -> int:
        """Remove the sessions of the tenant, and the accounts that belong nowhere else, with all that hangs on them."""
        async with self._signin.begin() as connection:
            await connection.execute(delete(AccountSession).where(AccountSession.tenant_id == partner_id))
            return await forget_accounts(connection, account_ids)

    async def _complete(self, partner_id: UUID, accounts: int) -> None:
        """Headquarters' own papers lose the people in them, and the certificate is written."""
        async with self._units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
            erasure = await work.session.get_one(TenantErasure, (HQ_TENANT_ID, partner_id), with_for_update=True)
            partner = await work.session.get_one(Partner, (HQ_TENANT_ID, partner_id), with_for_update=True)
            tenant = await work.session.get_one(Tenant, partner_id)
            if erasure.finished_at is not None:
                return
            partner.hotline = partner.introduction = ""
            applications = await work.session.scalars(
                select(PartnerApplication).where(PartnerApplication.partner_tenant_id == partner_id)
            )
            for application in applications:
                addresses = [application.email, application.mobile]
                await work.session.execute(delete(Delivery).where(Delivery.address.in_(addresses)))
                application.contact_name = application.mobile = application.email = application.introduction = ""
            _step(work, partner, Step.COMPLETE_ERASURE)
            tenant.state, tenant.erase_after = partner.state, None
            erasure.finished_at, erasure.account_ids, erasure.accounts_erased = work.now, [], accounts
            certificate = _certificate(erasure, partner, self._log_days)
            erasure.certificate = msgspec.to_builtins(certificate)
            erasure.certificate_sha256 = content_hash(certificate)
            await _no_longer_due(work, partner_id)
            if LOGS in {each.why for each in certificate.kept}:
                work.schedule(DueKind.TENANT_ERASURE, partner_id, erasure.finished_at + timedelta(days=self._log_days))
            work.audit("tenant.erased", "partner", partner_id, certificate=erasure.certificate_sha256)

    async def _erase_logs(self, partner_id: UUID, renew: Renew) -> None:
        """Remove the log rows whose legal retention has ended."""
        for table in self._tables.everything:
            if KEPT.get(table.name, ("", ""))[0] == LOGS:
                await self._erase_all_rows(partner_id, table, renew)
        async with self._units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
            await work.session.execute(
                update(TenantErasure)
                .where(TenantErasure.id == partner_id, TenantErasure.logs_erased_at.is_(None))
                .values(logs_erased_at=work.now)
            )
            await _no_longer_due(work, partner_id)
            work.audit("tenant.logs_erased", "partner", partner_id)

    async def _erase_all_rows(self, partner_id: UUID, table: TenantTable, renew: Renew) -> None:
        removed = BATCH
        while removed == BATCH:
            await renew()
            async with self._owner.begin(Actor.system(partner_id)) as work:
                driver = await driver_of(work.session)
                removed = int((await driver.execute(table.remove(), partner_id, BATCH)).rpartition(" ")[2])


def _kept_rows(table: TenantTable, partner_id: UUID, logs_from: datetime) -> tuple[object, ...]:
    condition = KEPT[table.name][1].replace("$3", "$2")
    statement = f"SELECT count(*) FROM {table.name} WHERE tenant_id = $1 AND {condition}"  # noqa: S608
    return (statement, partner_id, logs_from) if "$2" in condition else (statement, partner_id)


def _step(work: UnitOfWork, partner: Partner, step: Step) -> None:
    after = PARTNER.after(step, partner.state)
    record_step(work, partner.id, TransitionKind.STATE, before=partner.state, after=after, reason="")
    partner.state = after
    partner.version += 1


async def _no_longer_due(work: UnitOfWork, partner_id: UUID) -> None:
    await work.session.execute(
        delete(DueEntry).where(DueEntry.kind == DueKind.TENANT_ERASURE, DueEntry.subject_id == partner_id)
    )
    await work.session.flush()


def _certificate(erasure: TenantErasure, partner: Partner, log_days: int) -> Certificate:
    finished_at = erasure.finished_at or erasure.begun_at
    return Certificate(
        partner_id=partner.id,
        name=partner.name,
        credit_code=partner.credit_code,
        slug=partner.slug,
        joined_at=partner.authorised_at,
        decided_at=erasure.decided_at,
        decided_by=erasure.decided_by,
        reason=erasure.reason,
        begun_at=erasure.begun_at,
        finished_at=finished_at,
        rows=erasure.rows,
        files=erasure.files,
        file_bytes=erasure.file_bytes,
        accounts=erasure.accounts_erased,
        kept=[
            KeptRows(
                table=table,
                rows=count,
                why=KEPT[table][0],
                until=finished_at + timedelta(days=log_days) if KEPT[table][0] == LOGS else None,
            )
            for table, count in sorted(erasure.kept.items())
        ],
    )

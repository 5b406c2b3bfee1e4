"""Runs: the unbilled charges of a period become drafts, client by client, and go on where they were interrupted."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, insert, select

from app.platform.kernel.actor import Actor
from app.platform.kernel.counters import take_turns
from app.platform.kernel.errors import Invalid, NotFound
from app.platform.kernel.live_updates import Change
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork, UnitOfWorkFactory
from billing.contracts.models import ContractVersion
from billing.invoicing.events import InvoiceRunStarted
from billing.invoicing.findings import Finding
from billing.invoicing.models import (
    NAME_LENGTH,
    UNIT_LENGTH,
    ChargeClaim,
    ChargeDeferral,
    InvoiceDraft,
    InvoiceDraftLine,
    InvoiceRun,
)
from billing.invoicing.permissions import InvoicePermission
from billing.invoicing.schemas import InvoiceRunStart, InvoiceRunView
from billing.invoicing.services.profiles import billing_profiles
from billing.invoicing.services.reckoning import reckon
from billing.invoicing.states import INVOICE_RUN, DraftState, RunMove, RunState
from billing.money import Money, PriceMode, taxed
from billing.pricebook import tax_rates_on
from billing.rating import UNIT_NAMES, UnbilledCharge, clients_to_bill, count_clients_to_bill, unbilled_charges_of
from tenants.company_time import company_day

CLIENTS_AT_ONCE: Final = 100
"""Of one transaction: what a killed worker does again."""
RUNS_SHOWN: Final = 20
WAIVED: Final = N_("（免收）")


class InvoiceRuns:
    """The runs of the actor's company.

    Raises:
        Forbidden: without `invoice:read`.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(InvoicePermission.INVOICE_READ)
        self._work = work

    async def get(self, run_id: UUID) -> InvoiceRunView:
        """
        Raises:
            NotFound: no such run in this company.
        """
        row = await self._work.session.scalar(select(InvoiceRun).where(InvoiceRun.id == run_id))
        if row is None:
            raise NotFound
        return _to_view(row)

    async def recent(self) -> list[InvoiceRunView]:
        """The newest first."""
        rows = await self._work.session.scalars(
            select(InvoiceRun).order_by(InvoiceRun.started_at.desc(), InvoiceRun.id.desc()).limit(RUNS_SHOWN)
        )
        return [_to_view(row) for row in rows]

    async def start(self, wanted: InvoiceRunStart) -> InvoiceRunView:
        """Have drafts made of all charges up to a day; where a run is under way, that one.

        Raises:
            Forbidden: without `invoice:write`.
            Invalid: the day is still to come.
        """
        work = self._work
        work.actor.require(InvoicePermission.INVOICE_WRITE)
        if wanted.last_day > await company_day(work):
            raise Invalid(fields={"last_day": N_("还没有到这一天。")})
        await take_turns(work.session, work.tenant_id, ["invoice_run"])
        under_way = await work.session.scalar(select(InvoiceRun).where(InvoiceRun.state == RunState.RUNNING))
        if under_way is not None:
            return _to_view(under_way)
        until = wanted.last_day + timedelta(days=1)
        run = InvoiceRun(
            tenant_id=work.tenant_id,
            id=work.new_id(),
            period_start=wanted.last_day.replace(day=1),
            period_end=until,
            state=RunState.RUNNING,
            clients_all=await count_clients_to_bill(work, until),
            clients_done=0,
            drafts=0,
            lines=0,
            started_at=work.now,
            started_by=work.actor.display_name,
        )
        work.session.add(run)
        work.publish(InvoiceRunStarted(run_id=run.id))
        work.audit("invoice_run.started", "invoice_run", run.id, last_day=wanted.last_day.isoformat())
        await work.session.flush()
        return _to_view(run)


async def make_drafts(
    units_of_work: UnitOfWorkFactory, tenant_id: UUID, run_id: UUID, *, at_once: int = CLIENTS_AT_ONCE
) -> None:
    """Carry a run to its end. Each step is a transaction with its place in it, so that whoever calls after a kill goes
    on there, and two at once share the work."""
    going_on = True
    while going_on:
        async with units_of_work.begin(Actor.system(tenant_id)) as work:
            going_on = await _step(work, run_id, at_once)


async def _step(work: UnitOfWork, run_id: UUID, at_once: int) -> bool:
    """The next clients of the run; whether there may be more."""
    run = await work.session.get(InvoiceRun, (work.tenant_id, run_id), with_for_update=True, populate_existing=True)
    if run is None or run.state != RunState.RUNNING:
        return False
    client_ids = await clients_to_bill(work, run.period_end, after=run.cursor, limit=at_once)
    if client_ids:
        made = await _bill(work, run, client_ids)
        run.cursor, run.clients_done = client_ids[-1], run.clients_done + len(client_ids)
        run.drafts, run.lines = run.drafts + made[0], run.lines + made[1]
        run.clients_all = max(run.clients_all, run.clients_done)
    else:
        run.state = INVOICE_RUN.after(RunMove.FINISH, run.state)
        run.finished_at = work.now
        run.clients_all = run.clients_done
        work.audit("invoice_run.finished", "invoice_run", run.id, drafts=run.drafts, lines=run.lines)
    work.announce(Change(kind="invoice_run", id=run.id))
    await work.session.flush()
    return bool(client_ids)


async def _bill(work: UnitOfWork, run: InvoiceRun, client_ids: Sequence[UUID]) -> tuple[int, int]:
    """Put the clients' charges on drafts of whoever pays for them; how many drafts are new, and how many lines."""
    found = await unbilled_charges_of(work, client_ids, run.period_end)
    deferred = await _deferred(work, client_ids, run.period_end)
    charges = [charge for charge in found if charge.id not in deferred]
    if not charges:
        return 0, 0
    profiles = await billing_profiles(work, client_ids)
    payers = {
        client_id: profiles[client_id].payer_client_id or client_id if client_id in profiles else client_id
        for client_id in client_ids
    }
    by_draft: dict[tuple[UUID, str], list[UnbilledCharge]] = {}
    for charge in charges:
        by_draft.setdefault((payers[charge.client_id], charge.currency), []).append(charge)
    rates = {day: await tax_rates_on(work, day) for day in {charge.day for charge in charges}}
    drafts = await _open_drafts(work, {payer for payer, _ in by_draft})
    positions = await _positions(work, [draft.id for draft in drafts.values()])
    lines: list[dict[str, Any]] = []
    claims: list[dict[str, Any]] = []
    new, untaxed = 0, set()
    for key, of_draft in by_draft.items():
        if (draft := drafts.get(key)) is None:
            draft = drafts[key] = _new_draft(work, run, *key)
            work.session.add(draft)
            new += 1
        draft.period_start = min(draft.period_start, run.period_start)
        draft.period_end = max(draft.period_end, run.period_end)
        for charge in of_draft:
            if charge.tax not in rates[charge.day]:
                untaxed.add(draft.id)
                continue
            positions[draft.id] = positions.get(draft.id, 0) + 1
            line = _line(work, draft, charge, rates[charge.day][charge.tax], positions[draft.id])
            lines.append(line)
            claims.append({"tenant_id": work.tenant_id, "id": charge.id, "draft_line_id": line["id"]})
    await work.session.flush()
    if lines:
        await work.session.execute(insert(InvoiceDraftLine), lines)
        await work.session.execute(insert(ChargeClaim), claims)
    touched = [drafts[key] for key in by_draft]
    terms = await _terms_of_payment(work, charges)
    for key, of_draft in by_draft.items():
        said = [terms[each.contract_version_id] for each in of_draft if each.contract_version_id in terms]
        if said:
            before = drafts[key].payment_days
            drafts[key].payment_days = min(said if before is None else [before, *said])
    await reckon(work, touched)
    for draft in touched:
        draft.version += 1
        if draft.id in untaxed:
            draft.findings = [Finding.TAX_RATE_UNKNOWN, *draft.findings]
    return new, len(lines)


def _new_draft(work: UnitOfWork, run: InvoiceRun, payer_id: UUID, currency: str) -> InvoiceDraft:
    return InvoiceDraft(
        tenant_id=work.tenant_id,
        id=work.new_id(),
        client_id=payer_id,
        run_id=run.id,
        state=DraftState.DRAFT,
        currency=currency,
        period_start=run.period_start,
        period_end=run.period_end,
        note="",
        findings=[],
        author_name=run.started_by,
        approved_by_name="",
        approval_reason="",
        created_at=work.now,
        version=0,
    )


def _line(
    work: UnitOfWork, draft: InvoiceDraft, charge: UnbilledCharge, rate: Decimal | None, position: int
) -> dict[str, Any]:
    amounts = taxed(Money(charge.amount, charge.currency), rate, PriceMode(charge.price_mode))
    name = charge.name if not charge.goodwill else f"{charge.name[: NAME_LENGTH - len(WAIVED)]}{WAIVED}"
    return {
        "tenant_id": work.tenant_id,
        "id": work.new_id(),
        "draft_id": draft.id,
        "branch_id": charge.client_id,
        "position": position,
        "name": name,
        "day": charge.day,
        "period_start": charge.period_start,
        "period_end": charge.period_end,
        "quantity": charge.quantity,
        "unit": UNIT_NAMES.get(charge.unit, charge.unit)[:UNIT_LENGTH],
        "unit_price": charge.unit_price,
        "price_mode": charge.price_mode,
        "tax": charge.tax,
        "tax_rate": rate,
        "net": amounts.net.minor,
        "tax_amount": amounts.tax.minor,
        "gross": amounts.gross.minor,
        "category": charge.category,
        "department_id": charge.department_id,
        "ticket_id": charge.ticket_id,
    }


async def _open_drafts(work: UnitOfWork, payer_ids: Collection[UUID]) -> dict[tuple[UUID, str], InvoiceDraft]:
    """By payer and currency the newest draft that can still be written, which nobody else writes until the commit."""
    rows = await work.session.scalars(
        select(InvoiceDraft)
        .where(InvoiceDraft.client_id.in_(payer_ids), InvoiceDraft.state == DraftState.DRAFT)
        .order_by(InvoiceDraft.created_at, InvoiceDraft.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {(row.client_id, row.currency): row for row in rows}


async def _positions(work: UnitOfWork, draft_ids: Collection[UUID]) -> dict[UUID, int]:
    rows = await work.session.execute(
        select(InvoiceDraftLine.draft_id, func.max(InvoiceDraftLine.position))
        .where(InvoiceDraftLine.draft_id.in_(draft_ids))
        .group_by(InvoiceDraftLine.draft_id)
    )
    return {draft_id: int(last) for draft_id, last in rows}


async def _terms_of_payment(work: UnitOfWork, charges: Sequence[UnbilledCharge]) -> dict[UUID | None, int]:
    """Version of a contract → days in which its invoices are to be paid."""
    ids = {charge.contract_version_id for charge in charges if charge.contract_version_id}
    days = ContractVersion.terms["payment_days"].as_integer()
    rows = await work.session.execute(select(ContractVersion.id, days.label("days")).where(ContractVersion.id.in_(ids)))
    return {row.id: row.days for row in rows}


async def _deferred(work: UnitOfWork, client_ids: Sequence[UUID], until: date) -> frozenset[UUID]:
    """Charges that were left out of a draft which reaches as far as this run."""
    rows = await work.session.scalars(
        select(ChargeDeferral.id).where(
            ChargeDeferral.client_id.in_(client_ids), ChargeDeferral.until >= until - timedelta(days=1)
        )
    )
    return frozenset(rows)


def _to_view(row: InvoiceRun) -> InvoiceRunView:
    plain = [name for name in InvoiceRunView.__struct_fields__ if name != "state"]
    return InvoiceRunView(**{name: getattr(row, name) for name in plain}, state=RunState(row.state))

"""A run makes drafts of what is charged and on no invoice: each charge once, whatever happens to the worker."""

import asyncio
import contextlib
import os
import random
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import event, select

from app.platform.kernel.actor import Actor
from app.platform.kernel.errors import Invalid
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.settings import Settings
from app.platform.kernel.time_source import SettableClock, SystemClock
from billing.invoicing.findings import Finding
from billing.invoicing.models import ChargeClaim, InvoiceDraft
from billing.invoicing.schemas import (
    BillingProfileWrite,
    DraftLineView,
    InvoiceRunStart,
    InvoiceRunView,
    LinesToLeaveOut,
)
from billing.invoicing.services.drafts import Drafts
from billing.invoicing.services.invoices import Invoices
from billing.invoicing.services.profiles import Profiles
from billing.invoicing.services.runs import InvoiceRuns, _step, make_drafts
from billing.rating.marks import mark
from billing.rating.schemas import MarkReason
from billing.rating.vocabulary import MarkKind
from tests.conftest import START
from tests.invoicing.billing_records import BillingRecords
from tests.invoicing.conftest import TODAY, Finance, Item
from tests.payments.mortal_worker import killed_and_ended
from tests.program_processes import environment_of

KILLED = int(os.environ.get("YINGHUO_INVOICE_KILLS", "20"))
"""How often the worker of a run is killed; before a release some 200 times."""
PROCESS_KILLS = int(os.environ.get("YINGHUO_PROCESS_KILLS", "3"))
"""How often a whole process is."""


async def start(finance: Finance, last_day: date = TODAY) -> InvoiceRunView:
    async with finance.units_of_work.begin(finance.writer) as work:
        return await InvoiceRuns(work).start(InvoiceRunStart(last_day))


async def run(finance: Finance, last_day: date = TODAY, at_once: int = 100) -> InvoiceRunView:
    begun = await start(finance, last_day)
    await make_drafts(finance.units_of_work, finance.partner.id, begun.id, at_once=at_once)
    async with finance.units_of_work.begin(finance.writer) as work:
        return await InvoiceRuns(work).get(begun.id)


async def drafts(finance: Finance) -> list[InvoiceDraft]:
    async with finance.units_of_work.begin(finance.partner.system) as work:
        rows = await work.session.scalars(
            select(InvoiceDraft).where(InvoiceDraft.state == "draft").order_by(InvoiceDraft.gross)
        )
        return list(rows)


async def lines(finance: Finance, draft_id: UUID) -> list[DraftLineView]:
    async with finance.units_of_work.begin(finance.writer) as work:
        return await Drafts(work).lines(draft_id)


async def claimed(finance: Finance) -> list[UUID]:
    async with finance.units_of_work.begin(finance.partner.system) as work:
        return list(await work.session.scalars(select(ChargeClaim.id)))


async def test_each_client_has_a_draft_and_running_twice_changes_nothing(finance: Finance) -> None:
    school = await finance.network.client(finance.partner, "厦门第九中学")
    await finance.charges(Item(106_00), Item(53_00))
    await finance.charges(Item(10_60), client=school)
    first = await run(finance)
    assert (first.clients_done, first.drafts, first.lines) == (2, 2, 3)
    assert [draft.gross for draft in await drafts(finance)] == [10_60, 159_00]
    second = await run(finance)
    assert (second.drafts, second.lines) == (0, 0)
    assert [draft.gross for draft in await drafts(finance)] == [10_60, 159_00]


async def test_whoever_starts_a_second_run_meanwhile_gets_the_first(finance: Finance) -> None:
    await finance.charges(Item(106_00))
    first, second = await start(finance), await start(finance)
    assert first.id == second.id


async def test_a_day_that_is_still_to_come_is_refused(finance: Finance) -> None:
    with pytest.raises(Invalid):
        await start(finance, date(2026, 11, 17))


async def test_two_workers_with_the_same_run_share_its_work(finance: Finance) -> None:
    for number in range(6):
        client = await finance.network.client(finance.partner, f"客户{number}")
        await finance.charges(Item(100 + number), Item(200 + number), client=client)
    begun = await start(finance)
    both = (make_drafts(finance.units_of_work, finance.partner.id, begun.id, at_once=1) for _ in range(2))
    await asyncio.gather(*both)
    assert len(set(await claimed(finance))) == 12
    assert len(await drafts(finance)) == 6


class Killed(Exception):
    """The worker is gone, and its transaction with it."""


class Worker:
    """Is killed when it is about to send its `left`th statement from now; never, where that is 0."""

    def __init__(self) -> None:
        self.left, self.killed = 0, 0

    def __call__(self, *_: object) -> None:
        self.left -= 1
        if self.left == 0:
            self.killed += 1
            raise Killed


@pytest.mark.slow(10 + KILLED // 2, "a worker killed at random statements, YINGHUO_INVOICE_KILLS times")
async def test_a_worker_killed_anywhere_loses_and_repeats_nothing(finance: Finance, runtime: Runtime) -> None:
    """Before any statement of a step, or after the last one: what was not committed never was."""
    chance, worker, charged = random.Random(13), Worker(), 0
    engine = runtime.engine("app").sync_engine
    event.listen(engine, "before_cursor_execute", worker)
    try:
        while worker.killed < KILLED:
            for number in range(5):
                client = await finance.network.client(finance.partner, f"客户{charged}")
                charged += len(await finance.charges(Item(100 + number), Item(7), client=client))
            begun, going_on = await start(finance), True
            while going_on and worker.killed < KILLED:
                with contextlib.suppress(Killed):
                    going_on = await _killed_step(finance, begun.id, worker, chance.randint(1, 30))
            worker.left = 0
            await make_drafts(finance.units_of_work, finance.partner.id, begun.id, at_once=1)
    finally:
        event.remove(engine, "before_cursor_execute", worker)
    records = await BillingRecords.read(finance.units_of_work, finance.partner)
    records.check()
    assert len(records.claims) == len(records.draft_lines) == charged
    assert len(records.drafts) == charged // 2


@pytest.mark.slow(15, "a process started and killed YINGHUO_PROCESS_KILLS times")
async def test_a_process_killed_at_any_moment_loses_and_repeats_nothing(
    finance: Finance, runtime: Runtime, test_settings: Settings, clock: SettableClock
) -> None:
    clock.set(SystemClock().now())
    for number in range(40):
        client = await finance.network.client(finance.partner, f"客户{number}")
        await finance.charges(Item(100 + number), Item(7), client=client)
    begun = await start(finance)
    environment, tenant = environment_of(test_settings, clock), str(finance.partner.id)
    chance = random.Random(361)
    killed = await killed_and_ended(runtime, environment, tenant, str(begun.id), kills=PROCESS_KILLS, chance=chance)
    assert killed, "all were done before they were killed"
    records = await BillingRecords.read(finance.units_of_work, finance.partner)
    records.check()
    assert len(records.claims) == len(records.draft_lines) == 80
    assert len(records.drafts) == 40


async def _killed_step(finance: Finance, run_id: UUID, worker: Worker, statements: int) -> bool:
    async with finance.units_of_work.begin(Actor.system(finance.partner.id)) as work:
        worker.left = statements
        going_on = await _step(work, run_id, 1)
        worker.left = 1 if statements % 5 == 0 else 0
        await work.session.execute(select(1))
        return going_on


async def test_what_comes_late_comes_onto_the_same_draft(finance: Finance) -> None:
    await finance.charges(Item(106_00))
    await run(finance)
    await finance.charges(Item(53_00))
    second = await run(finance)
    assert (second.drafts, second.lines) == (0, 1)
    (draft,) = await drafts(finance)
    assert draft.gross == 159_00


async def test_an_issued_charge_is_never_drafted_again(finance: Finance) -> None:
    await finance.charges(Item(106_00))
    await run(finance)
    (draft,) = await drafts(finance)
    await finance.issue(draft.id)
    assert (await run(finance)).lines == 0


async def test_a_line_left_out_waits_for_the_next_period(finance: Finance, clock: SettableClock) -> None:
    await finance.charges(Item(106_00), Item(53_00))
    await run(finance, date(2026, 11, 15))
    assert await drafts(finance) == []
    await run(finance)
    (draft,) = await drafts(finance)
    line = next(each for each in await lines(finance, draft.id) if each.gross == 53_00)
    await finance.call(finance.writer, "leave_out", draft.id, LinesToLeaveOut([line.id], draft.version))
    assert (await run(finance)).lines == 0
    await finance.issue(draft.id)
    clock.set(START + timedelta(days=16))
    assert (await run(finance, date(2026, 12, 1))).lines == 1


async def test_a_discarded_draft_comes_back_with_the_next_run(finance: Finance) -> None:
    await finance.charges(Item(106_00))
    await run(finance)
    (draft,) = await drafts(finance)
    await finance.call(finance.writer, "discard", draft.id, draft.version)
    assert (await run(finance)).lines == 1


async def test_what_was_waived_stands_there_for_nothing(finance: Finance) -> None:
    (charge,) = await finance.charges(Item(106_00))
    async with finance.units_of_work.begin(finance.partner.owner) as work:
        await mark(work, charge, MarkKind.GOODWILL, MarkReason("第一次合作"))
    await run(finance)
    (draft,) = await drafts(finance)
    (line,) = await lines(finance, draft.id)
    assert (line.gross, line.name) == (0, "桌面服务月费（免收）")
    assert Finding.NOTHING_DUE in draft.findings


async def test_a_charge_of_an_unknown_tax_rate_is_left_out_and_told(finance: Finance) -> None:
    await finance.charges(Item(106_00), Item(99_00, tax="vat_17"))
    await run(finance)
    (draft,) = await drafts(finance)
    assert draft.gross == 106_00
    assert Finding.TAX_RATE_UNKNOWN in draft.findings


async def test_two_currencies_are_two_drafts(finance: Finance) -> None:
    await finance.charges(Item(106_00))
    await finance.charges(Item(1_060), currency="JPY")
    await run(finance)
    assert {(draft.currency, draft.gross) for draft in await drafts(finance)} == {("CNY", 106_00), ("JPY", 1_060)}


async def test_a_groups_payer_gets_one_invoice_with_its_branches(finance: Finance) -> None:
    branch = await finance.network.client(finance.partner, "集美分公司")
    async with finance.units_of_work.begin(finance.writer) as work:
        await Profiles(work).write_buyer(branch.id, BillingProfileWrite(payer_client_id=finance.client.id))
    await finance.charges(Item(106_00))
    await finance.charges(Item(53_00, department_id=branch.department_id), client=branch)
    await run(finance, at_once=1)
    (draft,) = await drafts(finance)
    assert (draft.client_id, draft.gross) == (finance.client.id, 159_00)
    invoice = await finance.issue(draft.id)
    async with finance.units_of_work.begin(finance.writer) as work:
        invoices = Invoices(work)
        told = {(line.branch, line.gross) for line in await invoices.lines(invoice.id)}
        shares = await invoices.shares(invoice.id)
    assert told == {("", 106_00), ("集美分公司", 53_00)}
    assert [(share.branch, share.department, share.gross) for share in shares] == [
        ("", "", 106_00),
        ("集美分公司", "财务部", 53_00),
    ]

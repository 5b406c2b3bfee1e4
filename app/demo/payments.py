"""Payments in the demo: bank statements brought in and claimed, a deposit, an overpayment, some online payments."""

import csv
import io
from collections.abc import Sequence
from datetime import timedelta
from typing import Final, NamedTuple

from app.demo.onboarding import Client, Partner
from app.demo.online_payments import OnlineSimulation
from app.demo.simulation import Simulation
from app.platform.files import file_store_of
from app.platform.imports.service import ImportService
from app.platform.kernel.time_source import platform_day
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.gateway import GatewayPayout, PayoutState
from billing.invoicing import OpenItemView, open_items
from billing.money import Money
from billing.payments import (
    AllocationPart,
    BankLines,
    BankLineView,
    LineBooking,
    LineSetAside,
    Payments,
    PayoutLine,
    Payouts,
)

_OVERPAID: Final = 500_00
_UNPAID: Final = 2
_DEPOSIT: Final = 6_000_00
_COLUMNS: Final = ("交易日期", "收入", "支出", "对方户名", "对方账号", "摘要", "附言", "流水号", "本方账号")


class _Row(NamedTuple):
    """A row of a statement; negative went out."""

    amount: int
    name: str
    account: str
    text: str


class PaymentSimulation:
    """What comes into the partners' accounts, and what their owners make of it."""

    def __init__(self, simulation: Simulation, partners: Sequence[Partner]) -> None:
        self._simulation = simulation
        self._partners = partners
        self._begin = simulation.runtime.units_of_work.begin
        self._statements, self._months = 0, 0
        self._at_provider = OnlineSimulation(simulation.runtime.units_of_work)
        self._online: list[Money] = []
        """What clients paid online since the last payout, less what is kept of it."""

    async def settle_month(self) -> None:
        """Clients pay what they owe, one of them too much and one online; one pays ahead. All is claimed. The second
        month's documents of the first client stay open."""
        self._months += 1
        for partner in self._partners:
            rows: list[_Row] = []
            if self._months == 1:
                await self._at_provider.connect(partner)
            for place, client in enumerate(partner.clients):
                owed = await self._owed(partner, client)
                if place == 0:
                    owed = [] if self._months == _UNPAID else owed[-1:]
                if not owed:
                    continue
                if place == 1:
                    pay = self._at_provider.pay_twice if self._months == 1 else self._at_provider.pay
                    self._online.append(await pay(partner, client, owed[0]))
                    owed = owed[1:]
                rows += [_payment(client, place, item, _OVERPAID if place == 0 else 0) for item in owed]
            rows += await self._pay_out(partner)
            payer = partner.clients[-1]
            rows.append(_Row(_DEPOSIT, payer.company.name, _account(len(partner.clients) - 1), "预付下季度服务费"))
            rows.append(_Row(18_37, "", "", "结息"))
            rows.append(_Row(-1_260_00, "鹭岛物业管理有限公司", "35101560001052500881", "房租"))
            for line in await self._bring_in(partner, rows):
                await self._claim(partner, line)
            if self._months == 1:
                await self._give_back_surplus(partner)

    async def leave_some(self) -> None:
        """Today's statement: one line that fits, and two that somebody has to look at."""
        for partner in self._partners:
            rows = [
                _Row(2_350_00, "陈国强", "6222024100010882317", "转账"),
                _Row(1_800_00, "厦门市同安区联合商贸有限公司", "35101560001052500417", "货款"),
            ]
            place = len(partner.clients) - 1
            client = partner.clients[place]
            owed = await self._owed(partner, client)
            if owed:
                rows.insert(0, _payment(client, place, owed[0]))
            for line in await self._bring_in(partner, rows):
                if line.payer_name == client.company.name:
                    await self._claim(partner, line)
            await self._at_provider.compare_books(partner, self._simulation.runtime.settings.public_url)
            await self._at_provider.part(partner)

    async def _owed(self, partner: Partner, client: Client) -> list[OpenItemView]:
        async with self._begin(partner.owner) as work:
            return await open_items(work, client.id)

    async def _give_back_surplus(self, partner: Partner) -> None:
        """What the first client paid too much."""
        async with self._begin(partner.owner) as work:
            payments = await Payments(work).of_client(partner.clients[0].id)
        for payment in payments:
            if payment.unallocated == _OVERPAID:
                await self._at_provider.transfer_back(partner, payment.id, _OVERPAID)
                return

    async def _pay_out(self, partner: Partner) -> list[_Row]:
        """The payment provider sends what is there; of a first payout the bank tells too, of later ones not yet."""
        if not self._online:
            return []
        amount = sum(self._online[1:], self._online[0])
        self._online.clear()
        async with self._begin(partner.owner) as work:
            arrived = self._months < _UNPAID
            payout = GatewayPayout(
                id=f"po_{work.new_id().hex}",
                amount=amount,
                state=PayoutState.PAID if arrived else PayoutState.ON_ITS_WAY,
                arrives_on=platform_day(work.now) + timedelta(days=0 if arrived else 2),
                failure_reason="",
            )
            await Payouts(work).told(payout)
        return [_Row(amount.minor, "Stripe Payments", "", "STRIPE PAYOUT")] if arrived else []

    async def _bring_in(self, partner: Partner, rows: Sequence[_Row]) -> list[BankLineView]:
        """The lines of the statement that wait then."""
        self._statements += 1
        day = platform_day(self._simulation.clock.now())
        content = _statement([(day.isoformat(), row) for row in rows], self._statements)
        runtime = self._simulation.runtime
        async with self._begin(partner.owner) as work:
            imports = ImportService(work, runtime, file_store_of(runtime))
            run = await imports.upload("bank-statements", None, f"银行流水{day:%Y%m%d}.csv", content)
        async with self._begin(partner.owner) as work:
            await ImportService(work, runtime, file_store_of(runtime)).confirm(run.id, run.version)
        await self._simulation.run_due_work()
        async with self._begin(partner.owner) as work:
            return await BankLines(work).waiting(len(rows) * 2)

    async def _claim(self, partner: Partner, line: BankLineView) -> None:
        async with self._begin(partner.owner) as work:
            lines = BankLines(work)
            for payout in await Payouts(work).payouts_for(line):
                await Payouts(work).match(payout.id, PayoutLine(payout.version, line.id))
                return
            suggested = (await lines.suggestions([line])).get(line.id)
            if suggested is None:
                await _set_aside(work, line)
                return
            parts = [
                AllocationPart(each.open_item_id, each.suggested) for each in suggested.documents if each.suggested
            ]
            if "预付" in line.text:
                parts = []
            await lines.book(line.id, LineBooking(line.version, suggested.client_id, tuple(parts)))


async def _set_aside(work: UnitOfWork, line: BankLineView) -> None:
    await BankLines(work).set_aside(line.id, LineSetAside(line.version, "利息"))


def _payment(client: Client, place: int, item: OpenItemView, more: int = 0) -> _Row:
    return _Row(item.open + more, client.company.name, _account(place), f"支付账单{item.number}")


def _account(place: int) -> str:
    return f"4100021109000{place:06d}"


def _statement(rows: Sequence[tuple[str, _Row]], statement: int) -> bytes:
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(_COLUMNS)
    for number, (day, row) in enumerate(rows, 1):
        yuan = f"{abs(row.amount) / 100:.2f}"
        sheet.writerow(
            [
                day,
                yuan if row.amount > 0 else "",
                yuan if row.amount < 0 else "",
                row.name,
                row.account,
                row.text,
                "",
                f"N{statement:04d}{number:04d}",
                "4100024009200112001",
            ]
        )
    return out.getvalue().encode("utf-8-sig")

"""Invoices in the demo: each partner's profile and its clients', last month issued, this month drafted."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from app.demo.onboarding import Client, Partner
from app.demo.simulation import Simulation
from app.platform.kernel.time_source import platform_day
from billing.invoicing import (
    BillingProfileWrite,
    DraftState,
    FapiaoKind,
    InvoiceRuns,
    InvoiceRunStart,
    Profiles,
    SellerProfileWrite,
    issue,
    make_drafts,
    open_drafts,
)
from billing.rating import run_rating

_CODE: Final = "91350200MA2XNB"
_LEFT: Final = 1
"""Of last month's drafts so many wait for somebody to look at them."""


async def introduce(simulation: Simulation, partners: Sequence[Partner]) -> None:
    """Who sells and who buys, as it stands on invoices."""
    for number, partner in enumerate(partners, 1):
        await _introduce(simulation, partner, number)


async def invoice_month(simulation: Simulation, partners: Sequence[Partner]) -> None:
    """What was charged up to the end of last month is issued, all of it."""
    today = platform_day(simulation.clock.now())
    for partner in partners:
        await run_rating(simulation.runtime, partner.id)
        await _draft(simulation, partner, today.replace(day=1) - timedelta(days=1))
        await _issue(simulation, partner, left=0)
    await simulation.run_due_work()


async def invoice(simulation: Simulation, partners: Sequence[Partner], until: datetime) -> None:
    """What was charged up to the end of last month is issued, but for the last of each partner; the rest is drafted."""
    today = platform_day(until)
    for partner in partners:
        await _draft(simulation, partner, today.replace(day=1) - timedelta(days=1))
        await _issue(simulation, partner, left=_LEFT)
        await _draft(simulation, partner, today)


async def _introduce(simulation: Simulation, partner: Partner, number: int) -> None:
    async with simulation.runtime.units_of_work.begin(partner.owner) as work:
        profiles = Profiles(work)
        await profiles.write_seller(
            SellerProfileWrite(
                title=partner.company.legal_name,
                tax_number=f"{_CODE}{number:04d}",
                bank_name="中国工商银行软件园支行",
                bank_account=f"4100 0240 0920 0112 {number:03d}",
                approval_above=Decimal(20_000),
            )
        )
        for place, client in enumerate(partner.clients):
            await profiles.write_buyer(client.id, _buyer(client, number * 100 + place, known=place % 3 != 2))


def _buyer(client: Client, number: int, *, known: bool) -> BillingProfileWrite:
    """Of every third client the tax number is still to be asked for."""
    if not known:
        return BillingProfileWrite(title=client.company.name)
    return BillingProfileWrite(
        title=client.company.name,
        tax_number=f"{_CODE}{number:04d}",
        fapiao_kind=FapiaoKind.SPECIAL,
        recipient_email=f"finance@{client.company.code}.example",
    )


async def _draft(simulation: Simulation, partner: Partner, last_day: date) -> None:
    units_of_work = simulation.runtime.units_of_work
    async with units_of_work.begin(partner.owner) as work:
        run = await InvoiceRuns(work).start(InvoiceRunStart(last_day))
    await make_drafts(units_of_work, partner.id, run.id)


async def _issue(simulation: Simulation, partner: Partner, *, left: int) -> None:
    units_of_work = simulation.runtime.units_of_work
    async with units_of_work.begin(partner.owner) as work:
        waiting = [each for each in await open_drafts(work) if each.state is DraftState.DRAFT and each.gross > 0]
    for draft in waiting[: len(waiting) - left]:
        if draft.gross <= 20_000_00:
            async with units_of_work.begin(partner.owner) as work:
                await issue(work, draft.id, draft.version)

"""Fills the demo network, reproducibly from a seed, and describes its sign-ins."""

import random
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from unicodedata import east_asian_width

from app.demo.addons import AddonSimulation
from app.demo.charges import rate
from app.demo.contracts import offer_more, sign_contracts
from app.demo.corrective_actions import CorrectiveActionSimulation
from app.demo.credits import decide_credits
from app.demo.insurance import insure_devices
from app.demo.invoices import introduce, invoice, invoice_month
from app.demo.onboarding import FINANCE_EMAIL, Onboarding, Partner
from app.demo.payments import PaymentSimulation
from app.demo.plans import PlanSimulation
from app.demo.prices import set_prices
from app.demo.quoted_ticket import schedule_quoted_ticket
from app.demo.recoveries import recover_data
from app.demo.royalties import RoyaltySimulation
from app.demo.sample_data import PARTNERS, PASSWORD, PIN, PartnerCompany
from app.demo.security import watch_security
from app.demo.simulation import Simulation
from app.demo.ticket_simulation import TicketSimulation
from app.platform.background import Consumers, Sweeps
from app.platform.kernel.ids import seeded_ids
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.settings import settings
from app.platform.kernel.time_source import PLATFORM_ZONE, SettableClock
from tenants.partner_finance import rebuild_finance
from tenants.partner_metrics import rebuild_quality

SEED = 361
"""361° service [S1 §8]."""
DAYS = 92
TICKETS = 300


async def fill_and_describe(consumers: Consumers, sweeps: Sweeps) -> str:
    """Fill the installation of the settings; returns the text with the sign-ins."""
    until = datetime.now(UTC).replace(microsecond=0)
    clock = SettableClock(until)
    runtime = Runtime(settings(), clock, seeded_ids(SEED, clock))
    try:
        administrator, partners = await fill(Simulation(runtime, clock, consumers, sweeps), until)
    finally:
        await runtime.close()
    return describe(administrator, partners)


async def fill(
    simulation: Simulation,
    until: datetime,
    companies: Sequence[PartnerCompany] = PARTNERS,
    days: int = DAYS,
    tickets: int = TICKETS,
) -> tuple[str, list[Partner]]:
    """Simulate `days` days up to `until`, with extra tickets on the last one.

    Returns the e-mail address of headquarters' administrator, and the partners.
    """
    rng = random.Random(SEED)  # noqa: S311 - repeatable on purpose
    first_day = (until - timedelta(days=days)).astimezone(PLATFORM_ZONE).replace(hour=8, minute=0, second=0)
    simulation.clock.set(first_day - timedelta(days=3))
    onboarding = Onboarding(simulation, rng)
    administrator, email = await onboarding.headquarters()
    partners = [await onboarding.partner(company, administrator) for company in companies]
    await set_prices(simulation, administrator, partners, first_day.date())
    addons = AddonSimulation(simulation)
    await addons.open_catalogues(partners)
    await addons.first_orders(partners, first_day.date())
    await sign_contracts(simulation, partners, first_day.date())
    corrective_actions = CorrectiveActionSimulation(simulation, administrator, partners)
    await corrective_actions.set_thresholds()
    daily = TicketSimulation(simulation, partners, rng)
    corrective_actions.schedule(daily, until)
    daily.at(first_day.astimezone(UTC) + timedelta(days=1, hours=2), partial(daily.quotes.first_quotes, partners))
    schedule_quoted_ticket(daily, partners[0], first_day)
    await introduce(simulation, partners)
    payments = PaymentSimulation(simulation, partners)
    royalties = RoyaltySimulation(simulation, administrator, partners)
    await royalties.set_terms(first_day.date())
    royalties.schedule(daily, _months(first_day, until), until)
    PlanSimulation(simulation, administrator, partners).schedule(daily, first_day, until)
    for first in _months(first_day, until)[:-1]:
        daily.at(first, partial(invoice_month, simulation, partners))
        daily.at(first + timedelta(days=17), payments.settle_month)
    await daily.run(first_day.astimezone(UTC), until, tickets, lambda day: _write_line(f"  … {day}"))
    await addons.latest_orders(partners)
    await daily.quotes.latest_quotes(partners)
    await recover_data(simulation, partners)
    await watch_security(simulation, partners)
    await insure_devices(simulation, partners)
    await rate(simulation, partners)
    await decide_credits(simulation, partners)
    await offer_more(simulation, partners, until)
    await invoice(simulation, partners, until)
    await payments.leave_some()
    await rebuild_quality(simulation.runtime, "all")
    await rebuild_finance(simulation.runtime, "all")
    return email, partners


def _months(first_day: datetime, until: datetime) -> list[datetime]:
    """The morning of the first day of each month that begins between them."""
    days = [first_day + timedelta(days=number) for number in range(1, (until - first_day).days + 1)]
    return [day.astimezone(UTC) + timedelta(hours=2) for day in days if day.day == 1]


def _write_line(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def describe(administrator: str, partners: list[Partner]) -> str:
    """A table of sign-ins by role."""
    first = partners[0]
    client = first.clients[0]
    rows = [
        ("总部 Headquarters", administrator, PASSWORD),
        ("总部财务 Headquarters finance", FINANCE_EMAIL, PASSWORD),
        ("服务商负责人 Partner owner", first.emails["owner"], PASSWORD),
        ("派单员 Dispatcher", first.emails["dispatcher"], PASSWORD),
        ("工程师 Engineer (phone)", first.emails["engineer1"], PASSWORD),
        ("客户IT联系人 Client IT contact", client.contact_email, PASSWORD),
        ("客户审批人 Client approver", client.approver_email, PASSWORD),
    ]
    if client.finance_email:
        rows.append(("客户财务 Client finance", client.finance_email, PASSWORD))
    rows.append(("客户员工 Employee", client.portal, f"{client.demo_device_number} / PIN {PIN}"))
    rows.append(("另一家服务商 The other partner", partners[1].emails["owner"], PASSWORD))
    return "\n".join(f"{_pad(who, 34)} {_pad(where, 34)} {password}" for who, where, password in rows)


def _pad(text: str, width: int) -> str:
    """`text` padded to `width` terminal columns; a Chinese character takes two."""
    taken = sum(2 if east_asian_width(each) in "WF" else 1 for each in text)
    return text + " " * (width - taken)

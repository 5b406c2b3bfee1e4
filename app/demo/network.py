"""Fills the demo network, reproducibly from a seed, and describes its sign-ins."""

import random
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from unicodedata import east_asian_width

from app.background import Consumers, Sweeps
from app.demo.backstage import Backstage
from app.demo.cast import PARTNERS, PASSWORD, PIN, PartnerCompany
from app.demo.corrections import Corrections
from app.demo.daily_work import ZONE, DailyWork
from app.demo.setting_up import Partner, SettingUp
from app.kernel.clock import SettableClock
from app.kernel.ids import seeded_ids
from app.kernel.runtime import Runtime
from app.kernel.settings import settings
from tenants.network.commands import rebuild_quality

SEED = 361
"""361° service [S1 §8]."""
MONTHS_OF_DAYS = 92
TICKETS = 300


async def fill_and_describe(consumers: Consumers, sweeps: Sweeps) -> str:
    """Fill the installation of the settings; returns the text with the sign-ins."""
    until = datetime.now(UTC).replace(microsecond=0)
    clock = SettableClock(until)
    runtime = Runtime(settings(), clock, seeded_ids(SEED, clock))
    try:
        administrator, partners = await fill(Backstage(runtime, clock, consumers, sweeps), until)
    finally:
        await runtime.close()
    return describe(administrator, partners)


async def fill(
    backstage: Backstage,
    until: datetime,
    companies: Sequence[PartnerCompany] = PARTNERS,
    days: int = MONTHS_OF_DAYS,
    tickets: int = TICKETS,
) -> tuple[str, list[Partner]]:
    """Simulate `days` days up to `until`, with extra tickets on the last one.

    Returns the e-mail address of headquarters' administrator, and the partners.
    """
    randomness = random.Random(SEED)  # noqa: S311 - repeatable on purpose
    first_day = (until - timedelta(days=days)).astimezone(ZONE).replace(hour=8, minute=0, second=0)
    backstage.clock.set(first_day - timedelta(days=3))
    setting_up = SettingUp(backstage, randomness)
    administrator, email = await setting_up.headquarters()
    partners = [await setting_up.partner(company, administrator) for company in companies]
    corrections = Corrections(backstage, administrator, partners)
    await corrections.watch()
    daily = DailyWork(backstage, partners, randomness)
    corrections.enter(daily, until)
    await daily.run(first_day.astimezone(UTC), until, tickets, lambda day: _tell(f"  … {day}"))
    await rebuild_quality(backstage.runtime, "all")
    return email, partners


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def describe(administrator: str, partners: list[Partner]) -> str:
    """A table of sign-ins by role."""
    first = partners[0]
    client = first.clients[0]
    rows = [
        ("总部 Headquarters", administrator, PASSWORD),
        ("服务商负责人 Partner owner", first.emails["owner"], PASSWORD),
        ("派单员 Dispatcher", first.emails["dispatcher"], PASSWORD),
        ("工程师 Engineer (phone)", first.emails["engineer1"], PASSWORD),
        ("客户IT联系人 Client IT contact", client.contact_email, PASSWORD),
    ]
    rows.append(("客户员工 Employee", client.portal, f"{client.shown_device} / PIN {PIN}"))
    rows.append(("另一家服务商 The other partner", partners[1].emails["owner"], PASSWORD))
    return "\n".join(f"{_cell(who, 34)} {_cell(where, 34)} {password}" for who, where, password in rows)


def _cell(words: str, width: int) -> str:
    """`words` padded to `width` terminal columns; a Chinese character takes two."""
    taken = sum(2 if east_asian_width(each) in "WF" else 1 for each in words)
    return words + " " * (width - taken)

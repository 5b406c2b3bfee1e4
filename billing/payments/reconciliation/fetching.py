"""The provider's lines are fetched day by day and page by page, and each day compared when its lines are there.

Nothing is open while the provider is spoken with. Where it was cut off the day's row says; the next time goes on there,
and a page that two have fetched is stored once.
"""

from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.people.identity import in_roles, read_recipients
from app.platform.kernel.actor import Actor
from app.platform.kernel.logs import log
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.notifications import Notice, Severity, notify
from billing.gateway import (
    BalanceLine,
    BalancePage,
    Connections,
    GatewayRefused,
    OnlinePaymentsOff,
    gateway_of,
)
from billing.payments.comparison import TOLD
from billing.payments.reconciliation.comparing import compare_day
from billing.payments.reconciliation.models import KIND_LENGTH, ProviderLine, ReconciliationDay
from billing.payments.reconciliation.states import Subject
from tenants.company_time import company_zone

PAGE: Final = "/workspace/payments/reconciliation"
SETTLED_AFTER: Final = timedelta(hours=2)
"""How long after its end a day is left alone: the provider's news of its last minutes are still coming."""
_FOUND: Final = N_("支付平台的账和我们的账不一致：%(count)s 处，请核对")
_log = log("billing.payments")


class FetchedPage(NamedTuple):
    """Which page of which day is to be fetched."""

    day_id: UUID
    account_id: str
    since: datetime
    until: datetime
    after: str | None


class Reconciled(NamedTuple):
    """What was done: days that are compared now, lines that were fetched, differences that are new."""

    days: int = 0
    lines: int = 0
    findings: int = 0


async def reconcile(runtime: Runtime, tenant_id: UUID) -> Reconciled:
    """Fetch and compare all days that have ended; done again it does nothing.

    Raises:
        GatewayUnreachable: the provider does not answer; what was fetched stays.
    """
    done = Reconciled()
    while True:
        async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
            wanted = await next_page(work)
        if wanted is None:
            return done
        try:
            async with gateway_of(runtime.settings) as gateway:
                page = await gateway.balance_lines(wanted.account_id, wanted.since, wanted.until, wanted.after)
        except OnlinePaymentsOff:
            return done
        except GatewayRefused as refused:
            _log.warning("payments.books_refused", tenant_id=str(tenant_id), code=refused.code)
            return done
        async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
            step = await take_page(work, wanted, page, runtime.settings.public_url)
        done = Reconciled(*(one + more for one, more in zip(done, step, strict=True)))


async def next_page(work: UnitOfWork) -> FetchedPage | None:
    """What is to be fetched next; None: there is no account, or no day has ended since."""
    connection = await Connections(work).current()
    if connection is None or not connection.account_id:
        return None
    last = await work.session.scalar(
        select(ReconciliationDay)
        .where(ReconciliationDay.account_id == connection.account_id)
        .order_by(ReconciliationDay.since.desc())
        .limit(1)
    )
    if last is not None and last.finished_at is None:
        return _page_of(last)
    zone = await company_zone(work)
    since = last.until if last is not None else midnight_before(connection.created_at, zone)
    until = midnight_after(since, zone)
    if until + SETTLED_AFTER > work.now:
        return None
    return await begin_day(work, connection.account_id, since, until, zone)


async def begin_day(work: UnitOfWork, account_id: str, since: datetime, until: datetime, zone: ZoneInfo) -> FetchedPage:
    """The first page of a day, or the one that is next where somebody has begun it."""
    values = {
        "tenant_id": work.tenant_id,
        "id": work.new_id(),
        "account_id": account_id,
        "day": since.astimezone(zone).date(),
        "since": since,
        "until": until,
        "page_after": None,
        "lines": 0,
        "started_at": work.now,
        "finished_at": None,
    }
    key = ["tenant_id", "account_id", "since"]
    await work.session.execute(insert(ReconciliationDay).values(values).on_conflict_do_nothing(index_elements=key))
    rows = await work.session.scalars(
        select(ReconciliationDay).where(ReconciliationDay.account_id == account_id, ReconciliationDay.since == since)
    )
    return _page_of(rows.one())


async def take_page(work: UnitOfWork, wanted: FetchedPage, page: BalancePage, public_url: str) -> Reconciled:
    """Store a page; with the last one the day is compared, and finance told of what is new."""
    day = await work.session.get_one(
        ReconciliationDay, (work.tenant_id, wanted.day_id), with_for_update=True, populate_existing=True
    )
    if day.finished_at is not None or day.page_after != wanted.after:
        return Reconciled()
    if page.lines:
        rows = [_stored(work, wanted.account_id, each) for each in page.lines]
        key = ["tenant_id", "gateway_line_id"]
        await work.session.execute(insert(ProviderLine).values(rows).on_conflict_do_nothing(index_elements=key))
    day.lines += len(page.lines)
    day.page_after = page.next_after
    if page.next_after is not None:
        return Reconciled(lines=len(page.lines))
    found = await compare_day(work, day)
    day.finished_at = work.now
    if found:
        notice = Notice(
            reference=f"reconciliation:{day.id}",
            text=_FOUND,
            parameters={"count": found},
            link=PAGE,
            severity=Severity.ATTENTION,
        )
        await notify(work, in_roles(await read_recipients(work), TOLD), notice, public_url=public_url)
    return Reconciled(1, len(page.lines), found)


def midnight_before(moment: datetime, zone: ZoneInfo) -> datetime:
    """The beginning of the moment's day in the zone."""
    return moment.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(moment.tzinfo)


def midnight_after(moment: datetime, zone: ZoneInfo) -> datetime:
    """The end of the moment's day in the zone, however many hours it has."""
    tomorrow = moment.astimezone(zone).date() + timedelta(days=1)
    return datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=zone).astimezone(moment.tzinfo)


def _page_of(day: ReconciliationDay) -> FetchedPage:
    return FetchedPage(day.id, day.account_id, day.since, day.until, day.page_after)


def _stored(work: UnitOfWork, account_id: str, line: BalanceLine) -> dict[str, object]:
    subject = Subject.OTHER if line.about is None else Subject(line.about)
    return {
        "tenant_id": work.tenant_id,
        "id": work.new_id(),
        "gateway_line_id": line.id,
        "account_id": account_id,
        "kind": line.kind[:KIND_LENGTH],
        "subject": subject,
        "subject_id": line.id if subject is Subject.OTHER else line.about_id,
        "currency": line.amount.currency,
        "amount": line.amount.minor,
        "fee": line.fee.minor - line.application_fee.minor,
        "application_fee": line.application_fee.minor,
        "made_at": line.created_at,
    }

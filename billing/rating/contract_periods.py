"""The billing periods of contracts: charged when they begin or are over, balanced when something of them changes.

What stands charged of a period is never changed. Where the days cost something else by now (an amendment, an end
brought forward, devices that came, a rest), they are given back at the old price and charged at the new one.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import select

from app.platform.kernel.invariants import present
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.contracts import AgreedDays, agreed_in_contracts, device_counts
from billing.contracts.models import Contract
from billing.money import Money, PriceMode
from billing.periods import Period, billing_periods, price_of_days
from billing.rating.charging import Charged, insert_charges
from billing.rating.held_records import ToHold, hold_records
from billing.rating.models import Charge
from billing.rating.outcomes import Outcome
from billing.rating.schemas import ChargeDue
from billing.rating.vocabulary import ChargeCategory, SourceKind
from billing.terms import (
    Balance,
    BilledWhen,
    ChargeUnit,
    DeviceCount,
    PerDevice,
    PeriodPrice,
    PricedDays,
    TermLine,
    balances,
    priced_days,
)

CHARGED: Final = "period"
GIVEN_BACK: Final = "credit"
A_DAY: Final = timedelta(days=1)
_WRITTEN: Final = "charges of contracts are written with their days and price"


class LinePeriod(NamedTuple):
    """One billing period of one line."""

    contract_id: UUID
    line_key: str
    whole: Period


class _Due(NamedTuple):
    """Some days of a billing period with the version and the line that price them."""

    priced: PricedDays
    agreed: AgreedDays
    line: TermLine


async def next_contracts(work: UnitOfWork, after: UUID | None, limit: int) -> Sequence[UUID]:
    """Contracts by their ids; those that were never in force have nothing to be charged."""
    statement = select(Contract.id).order_by(Contract.id).limit(limit)
    if after is not None:
        statement = statement.where(Contract.id > after)
    return (await work.session.scalars(statement)).all()


async def rate_contracts(work: UnitOfWork, contract_ids: Sequence[UUID], until: date) -> Charged:
    """Charge the periods of these contracts that are due on days before `until`, and balance what has changed."""
    found = await work.session.execute(
        select(Contract.id, Contract.client_id, Contract.from_day).where(Contract.id.in_(contract_ids))
    )
    wanted = [ToHold(SourceKind.CONTRACT, contract_id, client_id, day) for contract_id, client_id, day in found]
    await hold_records(work, wanted, Outcome.CHARGED)
    agreed = await agreed_in_contracts(work, contract_ids)
    charged, revisions = await _charged(work, contract_ids)
    made: list[tuple[ChargeDue, int]] = []
    for contract_id in sorted(agreed):
        known = {key: list(rows) for key, rows in charged.items() if key.contract_id == contract_id}
        due = await _due_of(work, agreed[contract_id], until, {key.whole for key in known})
        for key in sorted({*due, *known}):
            for each in balances(known.get(key, ()), [one.priced for one in due.get(key, ())]):
                charge = _charge(key, each, due.get(key, ()), agreed[contract_id])
                if charge is not None:
                    made.append((charge, revisions[contract_id, charge.rule]))
    new = await insert_charges(work, made)
    return Charged(made=len(new))


async def _due_of(
    work: UnitOfWork, agreed: Sequence[AgreedDays], until: date, known: Collection[Period]
) -> dict[LinePeriod, list[_Due]]:
    """What is due of a contract, by line and billing period; of periods that were charged before (`known`) all days."""
    found: defaultdict[LinePeriod, list[_Due]] = defaultdict(list)
    end = max((each.days.end for each in agreed), default=date.min)
    for each in agreed:
        terms = each.version.terms
        days = each.days.overlap(terms.term)
        if days is None:
            continue
        periods = [
            whole
            for whole in billing_periods(terms.anchor, terms.cycle, days)
            if whole in known or _is_due(each, whole, end, until)
        ]
        if not periods:
            continue
        counts = await _counts(work, each, periods)
        for whole in periods:
            for stretch in each.worked():
                part = stretch.overlap(whole)
                part = part.overlap(terms.term) if part else None
                if part is None:
                    continue
                for line in terms.lines:
                    for priced in priced_days(terms, line, part, counts.get(line.key, ())):
                        key = LinePeriod(each.version.contract_id, line.key, whole)
                        found[key].append(_Due(priced, each, line))
    return found


def _is_due(each: AgreedDays, whole: Period, end: date, until: date) -> bool:
    """In advance on the first of its days; in arrears on the day after the last."""
    if each.version.terms.billed is BilledWhen.IN_ADVANCE:
        return max(whole.start, each.days.start) < until
    return min(whole.end, end) < until


async def _counts(work: UnitOfWork, each: AgreedDays, periods: Sequence[Period]) -> Mapping[str, Sequence[DeviceCount]]:
    if not any(isinstance(line, PerDevice) for line in each.version.terms.lines):
        return {}
    return await device_counts(work, each.version, Period(periods[0].start, periods[-1].end))


async def _charged(
    work: UnitOfWork, contract_ids: Sequence[UUID]
) -> tuple[dict[LinePeriod, list[Balance]], defaultdict[tuple[UUID, str], int]]:
    """What stands charged and given back, and the next revision of each rule."""
    rows = await work.session.scalars(
        select(Charge)
        .where(Charge.source_kind == SourceKind.CONTRACT, Charge.source_id.in_(contract_ids))
        .order_by(Charge.made_at, Charge.id)
    )
    charged: defaultdict[LinePeriod, list[Balance]] = defaultdict(list)
    revisions: defaultdict[tuple[UUID, str], int] = defaultdict(int)
    for row in rows:
        line_key, kind, start, end, _ = row.rule.split("/")
        key = LinePeriod(row.source_id, line_key, Period(date.fromisoformat(start), date.fromisoformat(end)))
        whole_price = Money(present(row.period_price, _WRITTEN), row.currency)
        price = PeriodPrice(price=whole_price, tax=row.tax, price_mode=PriceMode(row.price_mode))
        days = Period(present(row.period_start, _WRITTEN), present(row.period_end, _WRITTEN))
        charged[key].append(Balance(days, price, gives_back=kind == GIVEN_BACK))
        revisions[row.source_id, row.rule] = max(revisions[row.source_id, row.rule], row.revision + 1)
    return charged, revisions


def _charge(key: LinePeriod, each: Balance, due: Sequence[_Due], agreed: Sequence[AgreedDays]) -> ChargeDue | None:
    """The charge or credit of some days; None where their share is nothing."""
    by = _by(each, due) or _version_of(each, agreed)
    share = price_of_days(each.price.price, key.whole, each.days)
    if not share or by is None:
        return None
    line = next((line for line in by.version.terms.lines if line.key == key.line_key), None)
    sign = -1 if each.gives_back else 1
    kind = GIVEN_BACK if each.gives_back else CHARGED
    amount = Money(sign * share.minor, share.currency)
    last = each.days.end - A_DAY
    in_advance = by.version.terms.billed is BilledWhen.IN_ADVANCE
    return ChargeDue(
        client_id=by.version.client_id,
        source_kind=SourceKind.CONTRACT,
        source_id=key.contract_id,
        rule=f"{key.line_key}/{kind}/{key.whole.start}/{key.whole.end}/{each.days.start}",
        day=each.days.start if in_advance else last,
        name=_name(line.name if line else key.line_key, each, by),
        quantity=Decimal(sign),
        unit=ChargeUnit.PERIOD,
        unit_price=share.value,
        amount=amount,
        tax=each.price.tax,
        price_mode=each.price.price_mode,
        category=ChargeCategory.SERVICE_FEE,
        contract_id=key.contract_id,
        contract_version_id=by.version.version_id,
        period=each.days,
        period_price=each.price.price.minor,
    )


def _by(each: Balance, due: Sequence[_Due]) -> AgreedDays | None:
    """The version that prices the days."""
    if each.gives_back:
        return None
    return next(
        (
            one.agreed
            for one in due
            if one.priced.price == each.price and one.priced.days.overlap(each.days) is not None
        ),
        None,
    )


def _version_of(each: Balance, agreed: Sequence[AgreedDays]) -> AgreedDays | None:
    """The version that held before the days, for what is given back; else the last one."""
    before = [one for one in agreed if one.days.start < each.days.end]
    return before[-1] if before else (agreed[-1] if agreed else None)


def _name(line_name: str, each: Balance, by: AgreedDays) -> str:
    days = f"{each.days.start.isoformat()} ~ {(each.days.end - A_DAY).isoformat()}"
    return f"{line_name} {by.version.contract_number} {days}"

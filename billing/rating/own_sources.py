"""What this area walks through itself once a day."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select

from app.platform.kernel.unit_of_work import UnitOfWork
from billing.addons import AddonDue, addon_charges_due
from billing.contracts.models import Contract
from billing.rating.charging import Charged, insert_charges
from billing.rating.contract_periods import rate_contracts
from billing.rating.models import RatedRecord
from billing.rating.outcomes import Outcome
from billing.rating.schemas import ChargeDue
from billing.rating.sources import RatedSource, RatedStep
from billing.rating.ticket_rating import rate_tickets
from billing.rating.vocabulary import ChargeCategory, SourceKind

CONTRACTS_AT_ONCE, TICKETS_AT_ONCE, ADDONS_AT_ONCE = 50, 100, 500
A_DAY: Final = timedelta(days=1)


async def _contracts(work: UnitOfWork, after: UUID | None, until: date) -> RatedStep:
    statement = select(Contract.id).where(Contract.number.is_not(None)).order_by(Contract.id).limit(CONTRACTS_AT_ONCE)
    if after is not None:
        statement = statement.where(Contract.id > after)
    contract_ids = (await work.session.scalars(statement)).all()
    if not contract_ids:
        return RatedStep(None)
    return RatedStep(contract_ids[-1], await rate_contracts(work, contract_ids, until))


async def _addons(work: UnitOfWork, after: UUID | None, until: date) -> RatedStep:
    due = await addon_charges_due(work, until - A_DAY, after, ADDONS_AT_ONCE)
    if not due:
        return RatedStep(None)
    return RatedStep(due[-1].id, await charge_addons(work, due))


async def charge_addons(work: UnitOfWork, due: Sequence[AddonDue]) -> Charged:
    """What has fallen due of add-ons, each amount once: it keeps its id and never changes."""
    made = await insert_charges(work, ((_of_addon(each), 0) for each in due))
    return Charged(made=len(made))


def _of_addon(due: AddonDue) -> ChargeDue:
    negative = due.amount.minor < 0
    return ChargeDue(
        client_id=due.client_id,
        source_kind=SourceKind.ADDON_DUE,
        source_id=due.id,
        rule=due.rule,
        day=due.day,
        name=f"{due.name} {due.order_number}",
        # What is given back counts as less, at the same price.
        quantity=-abs(due.quantity) if negative else due.quantity,
        unit=due.unit,
        unit_price=abs(due.unit_price) if negative else due.unit_price,
        amount=due.amount,
        tax=due.tax,
        price_mode=due.price_mode,
        category=ChargeCategory.ADDON,
        addon_order_id=due.order_id,
        site_id=due.site_id,
        device_id=due.device_id,
        period=due.period,
    )


async def _waiting_work(work: UnitOfWork, after: UUID | None, _: date) -> RatedStep:
    """Tickets of which something was missing: a price may have been published since."""
    statement = (
        select(RatedRecord.source_id)
        .where(RatedRecord.source_kind == SourceKind.TICKET, RatedRecord.outcome == Outcome.UNRATED)
        .order_by(RatedRecord.source_id)
        .limit(TICKETS_AT_ONCE)
    )
    if after is not None:
        statement = statement.where(RatedRecord.source_id > after)
    ticket_ids = (await work.session.scalars(statement)).all()
    if not ticket_ids:
        return RatedStep(None)
    return RatedStep(ticket_ids[-1], await rate_tickets(work, ticket_ids))


CONTRACT_PERIODS: Final = RatedSource(name="contracts", step=_contracts)
ADDONS: Final = RatedSource(name="addons", step=_addons)
WAITING_WORK: Final = RatedSource(name="waiting_work", step=_waiting_work)

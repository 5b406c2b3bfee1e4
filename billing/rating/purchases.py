"""What is charged once when it happens: a block bought, a milestone accepted, a quote approved without a ticket."""

from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import and_, select

from app.assets.clients.models import Client
from app.platform.kernel.areas import declared
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.contracts import VersionInForce, version_on
from billing.contracts.models import ContractMilestone, PrepaidBlockRow
from billing.periods import day_in
from billing.quotes import approved_lines_of_quote
from billing.quotes.models import Quote
from billing.rating.charging import Charged, insert_charges
from billing.rating.quoted import charge_of
from billing.rating.schemas import ChargeDue
from billing.rating.ticket_rating import rate_tickets
from billing.rating.vocabulary import ChargeCategory, SourceKind
from billing.terms import Charge, Milestone, PrepaidBlock, TermLine, block_charge, milestone_charge


async def charge_block(work: UnitOfWork, block_id: UUID) -> Charged:
    """The price of a block, on the day on which it was bought."""
    block = await work.session.scalar(select(PrepaidBlockRow).where(PrepaidBlockRow.id == block_id))
    if block is None:
        return Charged()
    version = await version_on(work, block.contract_id, block.bought_on)
    line = _line(version, block.line_key)
    if version is None or not isinstance(line, PrepaidBlock):
        return Charged()
    charge = block_charge(version.terms, line, block.bought_on)
    due = _due(version, line, charge, (SourceKind.PREPAID_BLOCK, block.id), ChargeCategory.PREPAID)
    return Charged(made=len(await insert_charges(work, [(due, 0)])))


async def charge_milestone(work: UnitOfWork, milestone_id: UUID) -> Charged:
    """The amount of a milestone, on the day on which the client accepted it."""
    row = await work.session.scalar(select(ContractMilestone).where(ContractMilestone.id == milestone_id))
    if row is None or row.accepted_on is None:
        return Charged()
    version = await version_on(work, row.contract_id, row.accepted_on)
    line = _line(version, row.line_key)
    if version is None or not isinstance(line, Milestone):
        return Charged()
    charge = milestone_charge(version.terms, line, row.accepted_on)
    due = _due(version, line, charge, (SourceKind.MILESTONE, row.id), ChargeCategory.MILESTONE)
    return Charged(made=len(await insert_charges(work, [(due, 0)])))


async def charge_quote(work: UnitOfWork, quote_id: UUID) -> Charged:
    """What a client approved: with the ticket's work where there is a ticket, else on the day of the approval."""
    found = (
        await work.session.execute(
            select(Quote.ticket_id, Client.time_zone)
            .join(Client, and_(Client.tenant_id == Quote.tenant_id, Client.id == Quote.client_id))
            .where(Quote.id == quote_id)
        )
    ).one_or_none()
    if found is None:
        return Charged()
    if found.ticket_id is not None:
        return await rate_tickets(work, [found.ticket_id])
    zone = ZoneInfo(found.time_zone)
    elsewhere: set[UUID] = set()
    for asked in declared("conditional_lines"):
        elsewhere |= await asked(work, quote_id)
    lines = [line for line in await approved_lines_of_quote(work, quote_id) if line.line_id not in elsewhere]
    made = await insert_charges(work, ((charge_of(line, day_in(zone, line.approved_at)), 0) for line in lines))
    return Charged(made=len(made))


def _line(version: VersionInForce | None, key: str) -> TermLine | None:
    return next((line for line in version.terms.lines if line.key == key), None) if version else None


def _due(
    version: VersionInForce, line: TermLine, charge: Charge, source: tuple[SourceKind, UUID], category: ChargeCategory
) -> ChargeDue:
    return ChargeDue(
        client_id=version.client_id,
        source_kind=source[0],
        source_id=source[1],
        rule=charge.rule,
        day=charge.day,
        name=f"{line.name} {version.contract_number}",
        quantity=charge.quantity,
        unit=charge.unit,
        unit_price=charge.unit_price,
        amount=charge.amount,
        tax=charge.tax,
        price_mode=version.terms.price_mode,
        category=category,
        contract_id=version.contract_id,
        contract_version_id=version.version_id,
    )

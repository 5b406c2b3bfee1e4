"""What clients still owe, document by document."""

from uuid import UUID

from sqlalchemy import select

from app.platform.kernel.columns import columns_of
from app.platform.kernel.errors import NotFound
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.invoicing.errors import AmountBeyondOpen
from billing.invoicing.models import OpenItem
from billing.invoicing.schemas import OpenItemView
from billing.money import CurrencyMismatch, Money, money_text


async def open_items(work: UnitOfWork, client_id: UUID) -> list[OpenItemView]:
    """The client's documents of which something is open, the one that is due first before the others."""
    rows = await work.session.execute(
        select(*columns_of(OpenItemView, OpenItem))
        .where(OpenItem.client_id == client_id, OpenItem.open > 0)
        .order_by(OpenItem.due_on, OpenItem.number, OpenItem.id)
    )
    return [_to_view(row) for row in rows]


async def open_item(work: UnitOfWork, open_item_id: UUID) -> OpenItemView:
    """
    Raises:
        NotFound: there is none, or not for this actor.
    """
    row = (
        await work.session.execute(select(*columns_of(OpenItemView, OpenItem)).where(OpenItem.id == open_item_id))
    ).one_or_none()
    if row is None:
        raise NotFound
    return _to_view(row)


async def settle(work: UnitOfWork, open_item_id: UUID, amount: Money) -> Money:
    """Take `amount` off what is open; what is left. The item is the caller's until the transaction ends. What it means
    for the ledger is posted by whoever calls: money, a credit note, or a write-off.

    Raises:
        NotFound: no such item in this company.
        CurrencyMismatch: the item is in another currency.
        AmountBeyondOpen: less than that is open, or the amount is not above zero.
    """
    item = await _locked(work, open_item_id, amount.currency)
    if not 0 < amount.minor <= item.open:
        raise _beyond(item, item.open)
    item.open -= amount.minor
    await work.session.flush()
    return Money(item.open, item.currency)


async def reopen(work: UnitOfWork, open_item_id: UUID, amount: Money) -> Money:
    """Open again what was settled: a payment was taken back. What is open now.

    Raises:
        NotFound, CurrencyMismatch: as `settle`.
        AmountBeyondOpen: less than that was settled, or the amount is not above zero.
    """
    item = await _locked(work, open_item_id, amount.currency)
    if not 0 < amount.minor <= item.total - item.open:
        raise _beyond(item, item.total - item.open)
    item.open += amount.minor
    await work.session.flush()
    return Money(item.open, item.currency)


async def item_of_document(work: UnitOfWork, document_kind: str, document_id: UUID) -> OpenItem | None:
    """The locked item of a document; None where it asked for nothing."""
    found: OpenItem | None = await work.session.scalar(
        select(OpenItem)
        .where(OpenItem.document_kind == document_kind, OpenItem.document_id == document_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found


async def _locked(work: UnitOfWork, open_item_id: UUID, currency: str) -> OpenItem:
    item: OpenItem | None = await work.session.get(
        OpenItem, (work.tenant_id, open_item_id), with_for_update=True, populate_existing=True
    )
    if item is None:
        raise NotFound
    if item.currency != currency:
        raise CurrencyMismatch(one=item.currency, other=currency)
    return item


def _beyond(item: OpenItem, most: int) -> AmountBeyondOpen:
    return AmountBeyondOpen(number=item.number, open=money_text(Money(most, item.currency)))


def _to_view(row: object) -> OpenItemView:
    return OpenItemView(**{name: getattr(row, name) for name in OpenItemView.__struct_fields__})

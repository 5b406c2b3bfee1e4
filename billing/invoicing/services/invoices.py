"""Reading issued invoices: by the company's staff, and by the client's people in their own ring."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import InstrumentedAttribute

from app.platform.documents import Printable, newest_edition, printable
from app.platform.kernel.errors import NotFound
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.invoicing.document import INVOICE_DOCUMENT
from billing.invoicing.models import Invoice, InvoiceDepartmentShare, InvoiceLine, OpenItem
from billing.invoicing.permissions import InvoicePermission
from billing.invoicing.schemas import DepartmentShareView, InvoiceLineView, InvoiceView
from billing.money import PriceMode

OPEN: ColumnElement[int] = func.coalesce(OpenItem.open, 0)
OF_INVOICE = and_(
    OpenItem.tenant_id == Invoice.tenant_id, OpenItem.document_kind == "invoice", OpenItem.document_id == Invoice.id
)
"""The open item of an invoice; one over nothing has none."""


def invoice_columns() -> list[InstrumentedAttribute[object] | ColumnElement[int]]:
    """What an `InvoiceView` is filled with."""
    return [OPEN.label(name) if name == "open" else getattr(Invoice, name) for name in InvoiceView.__struct_fields__]


class Invoices:
    """Issued invoices that the actor may see.

    Raises:
        Forbidden: without `invoice:read`.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(InvoicePermission.INVOICE_READ)
        self._work = work

    async def get(self, invoice_id: UUID) -> InvoiceView:
        """
        Raises:
            NotFound: there is none, or not for this actor.
        """
        row = (
            await self._work.session.execute(
                select(*invoice_columns()).outerjoin(OpenItem, OF_INVOICE).where(Invoice.id == invoice_id)
            )
        ).one_or_none()
        if row is None:
            raise NotFound
        return invoice_view(row)

    async def lines(self, invoice_id: UUID) -> list[InvoiceLineView]:
        """In their order."""
        rows = await self._work.session.scalars(
            select(InvoiceLine)
            .where(InvoiceLine.invoice_id == invoice_id)
            .order_by(InvoiceLine.position, InvoiceLine.id)
        )
        plain = [name for name in InvoiceLineView.__struct_fields__ if name != "price_mode"]
        return [
            InvoiceLineView(**{name: getattr(row, name) for name in plain}, price_mode=PriceMode(row.price_mode))
            for row in rows
        ]

    async def shares(self, invoice_id: UUID) -> list[DepartmentShareView]:
        """By branch and department."""
        rows = await self._work.session.scalars(
            select(InvoiceDepartmentShare)
            .where(InvoiceDepartmentShare.invoice_id == invoice_id)
            .order_by(InvoiceDepartmentShare.position, InvoiceDepartmentShare.id)
        )
        names = DepartmentShareView.__struct_fields__
        return [DepartmentShareView(**{name: getattr(row, name) for name in names}) for row in rows]

    async def printable(self, invoice_id: UUID) -> Printable:
        """The invoice for drawing.

        Raises:
            NotFound: there is none, or not for this actor.
        """
        edition = await newest_edition(self._work.session, INVOICE_DOCUMENT, invoice_id)
        if edition is None:
            raise NotFound
        return await printable(self._work.session, INVOICE_DOCUMENT, edition)


def invoice_view(row: Sequence[Any]) -> InvoiceView:
    """A row of `invoice_columns`."""
    return InvoiceView(**dict(zip(InvoiceView.__struct_fields__, row, strict=True)))

"""Invoices as a client's people see them, in their own ring."""

from datetime import date
from enum import StrEnum
from uuid import UUID

import msgspec
from sqlalchemy import case, func, select, tuple_

from billing.invoicing.models import Invoice, OpenItem
from billing.invoicing.schemas import InvoiceView
from billing.invoicing.services.invoices import OF_INVOICE, OPEN, Invoices, invoice_columns, invoice_view
from tenants.company_time import company_day


class Standing(StrEnum):
    """Whether an invoice is paid."""

    OPEN = "open"
    OVERDUE = "overdue"
    SETTLED = "settled"


class Owed(msgspec.Struct, frozen=True):
    """What is open in one currency, and what of it is overdue."""

    currency: str
    open: int
    overdue: int


class ClientInvoices(Invoices):
    """The invoices of the actor's own company."""

    async def by_standing(
        self, standing: Standing | None, *, after: tuple[date, UUID] | None, limit: int
    ) -> list[InvoiceView]:
        """The newest first."""
        statement = (
            select(*invoice_columns())
            .outerjoin(OpenItem, OF_INVOICE)
            .order_by(Invoice.issued_on.desc(), Invoice.id.desc())
            .limit(limit)
        )
        if standing is Standing.SETTLED:
            statement = statement.where(OPEN == 0)
        elif standing is not None:
            statement = statement.where(OPEN > 0)
        if standing is Standing.OVERDUE:
            statement = statement.where(Invoice.due_on < await self.today())
        if after is not None:
            statement = statement.where(tuple_(Invoice.issued_on, Invoice.id) < after)
        return [invoice_view(row) for row in await self._work.session.execute(statement)]

    async def owed(self) -> list[Owed]:
        """By currency."""
        overdue = func.sum(case((OpenItem.due_on < await self.today(), OpenItem.open), else_=0))
        rows = await self._work.session.execute(
            select(OpenItem.currency, func.sum(OpenItem.open), overdue)
            .where(OpenItem.open > 0)
            .group_by(OpenItem.currency)
            .order_by(OpenItem.currency)
        )
        return [Owed(currency, int(open_), int(late)) for currency, open_, late in rows]

    async def today(self) -> date:
        """In the company's zone."""
        return await company_day(self._work)

"""What the company has to pay and what it paid: each payment with what it settled, its receipt, and the statement."""

from datetime import date
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.params import FromPath, FromQuery, QueryParameter

from app.platform.http.pagination import decode_position, encode_position
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.portals.client.page_context import render_page
from billing.invoicing import COMPANY_CURRENCY, InvoicePermission
from billing.invoicing.web_interface import SOURCE_NAMES, amount, statement_days
from billing.payments import ClientAccount, PaymentPermission, Payments
from billing.payments.web_interface import (
    METHOD_NAMES,
    OWN_STATEMENT_DOWNLOAD,
    PAYMENT_REASON_NAMES,
    RECEIPT_DOWNLOAD,
    STANDING_NAMES,
    STANDING_TONES,
    own_statement_document,
    receipt_document,
)

PORTAL: Final = "/portal/payments"
STATEMENT: Final = f"{PORTAL}/statement"
PAYMENTS_ON_A_PAGE: Final = 50
_READ: Final = PaymentPermission.PAYMENT_READ


class _Position(msgspec.Struct, frozen=True, array_like=True):
    """Where a page of payments ends."""

    received_on: date
    id: UUID


@get(PORTAL, permission=_READ, include_in_schema=False)
async def payments_page(request: WebRequest, work: RequestWork, cursor: FromQuery[str | None] = None) -> Response[str]:
    """What is open, what is overdue, and what was paid."""
    account = ClientAccount(work)
    place = decode_position(cursor, _Position) if cursor else None
    after = (place.received_on, place.id) if place else None
    found = await account.payments(after, PAYMENTS_ON_A_PAGE + 1)
    shown = found[:PAYMENTS_ON_A_PAGE]
    to_pay = await account.to_pay()
    return await render_page(
        request,
        work,
        "client/payments.html",
        to_pay=to_pay,
        sums=await account.sums(to_pay),
        payments=shown,
        next_cursor=encode_position(_Position(shown[-1].received_on, shown[-1].id)) if len(found) > len(shown) else "",
        today=await account.today(),
        reads_invoices=work.actor.may(InvoicePermission.INVOICE_READ),
        method_names=METHOD_NAMES,
        standing_names=STANDING_NAMES,
        standing_tones=STANDING_TONES,
        amount=amount,
    )


@get(f"{PORTAL}/{{payment_id:uuid}}", permission=_READ, include_in_schema=False)
async def payment_page(request: WebRequest, work: RequestWork, payment_id: FromPath[UUID]) -> Response[str]:
    """One payment and what it settled."""
    payments = Payments(work)
    return await render_page(
        request,
        work,
        "client/payment.html",
        payment=await payments.get(payment_id),
        allocations=await payments.allocations(payment_id),
        payment_reason_names=PAYMENT_REASON_NAMES,
        method_names=METHOD_NAMES,
        standing_names=STANDING_NAMES,
        standing_tones=STANDING_TONES,
        amount=amount,
    )


@get(f"{PORTAL}/{{payment_id:uuid}}/receipt", permission=_READ, include_in_schema=False, audited=RECEIPT_DOWNLOAD)
async def download_receipt(request: WebRequest, payment_id: FromPath[UUID]) -> Response[bytes]:
    """The PDF."""
    return await receipt_document(request, payment_id)


@get(STATEMENT, permission=_READ, include_in_schema=False)
async def statement_page(
    request: WebRequest,
    work: RequestWork,
    since: Annotated[str, QueryParameter(max_length=10)] = "",
    until: Annotated[str, QueryParameter(max_length=10)] = "",
) -> Response[str]:
    """What the company's account says; of the last three months where nothing is chosen."""
    account = ClientAccount(work)
    first, last = statement_days(since, until, await account.today())
    return await render_page(
        request,
        work,
        "client/statement.html",
        statement=await account.statement(first, last, COMPANY_CURRENCY),
        source_names=SOURCE_NAMES,
        amount=amount,
    )


@get(f"{STATEMENT}/document", permission=_READ, include_in_schema=False, audited=OWN_STATEMENT_DOWNLOAD)
async def download_statement(request: WebRequest, since: FromQuery[date], until: FromQuery[date]) -> Response[bytes]:
    """The PDF."""
    return await own_statement_document(request, since, until)


handlers = handlers_of(__name__)

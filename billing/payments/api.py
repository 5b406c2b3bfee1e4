"""Payments and lines of bank statements as JSON."""

from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from app.platform.http.idempotency import idempotent
from app.platform.http.pagination import Page
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.text_search import matches_search
from app.platform.lists.web_interface import api_page, saved_view_api
from billing.payments.listing import LINES, PAYMENTS, line_matches, payment_matches
from billing.payments.models import BankLine, Payment
from billing.payments.permissions import PaymentPermission
from billing.payments.schemas import (
    AllocationView,
    BankLineView,
    LineBooking,
    LineSetAside,
    LineSuggestion,
    LineVersion,
    OnlineReceiptView,
    PaymentReversal,
    PaymentSharing,
    PaymentView,
    SureLines,
)
from billing.payments.services import BankLines, OnlinePayments, Payments
from billing.payments.services.sure_lines import accept_all_sure
from billing.payments.states import BankLineState

TAGS = ["payments"]
_READ, _WRITE = PaymentPermission.PAYMENT_READ, PaymentPermission.PAYMENT_WRITE


@get("/bank-lines", permission=_READ, tags=TAGS)
async def list_lines(
    work: RequestWork,
    *,
    q: FromQuery[str] = "",
    line_state: Annotated[BankLineState | None, QueryParameter(name="state")] = None,
    sort: FromQuery[str] = "",
    cursor: FromQuery[str | None] = None,
) -> Page[BankLineView]:
    """Lines of bank statements, the newest first, or by `sort` (`amount`, `-day`)."""
    conditions = [matches_search(q, line_matches)] if q else []
    if line_state is not None:
        conditions.append(BankLine.state == line_state)
    return await api_page(work, LINES, conditions=conditions, sort=sort, cursor=cursor)


@post("/bank-lines/accept-sure", permission=_WRITE, status_code=200, tags=TAGS)
async def accept_sure_lines(work: RequestWork) -> SureLines:
    """Book all waiting lines of which who pays and how much both fit: the oldest at once, the rest in the background
    (`more` is then the last one that was looked at)."""
    return await accept_all_sure(work)


@get("/bank-lines/{bank_line_id:uuid}", permission=_READ, tags=TAGS)
async def read_line(work: RequestWork, bank_line_id: FromPath[UUID]) -> BankLineView:
    """One line."""
    return await BankLines(work).get(bank_line_id)


@get("/bank-lines/{bank_line_id:uuid}/suggestions", permission=_READ, tags=TAGS)
async def list_suggestions(work: RequestWork, bank_line_id: FromPath[UUID]) -> Page[LineSuggestion]:
    """Whose the line seems to be and for what: one, or none where nothing tells."""
    lines = BankLines(work)
    return Page(list((await lines.suggestions([await lines.get(bank_line_id)])).values()))


@post("/bank-lines/{bank_line_id:uuid}/book", permission=_WRITE, tags=TAGS)
@idempotent()
async def book_line(
    request: WebRequest, work: RequestWork, bank_line_id: FromPath[UUID], data: JSONBody[LineBooking]
) -> PaymentView:
    """Make a client's payment of a line; what its parts leave is the client's deposit."""
    return await BankLines(work).book(bank_line_id, data)


@post("/bank-lines/{bank_line_id:uuid}/set-aside", permission=_WRITE, tags=TAGS)
@idempotent()
async def set_line_aside(
    request: WebRequest, work: RequestWork, bank_line_id: FromPath[UUID], data: JSONBody[LineSetAside]
) -> BankLineView:
    """Say that a line is no client's payment."""
    return await BankLines(work).set_aside(bank_line_id, data)


@post("/bank-lines/{bank_line_id:uuid}/take-up", permission=_WRITE, tags=TAGS)
@idempotent()
async def take_line_up(
    request: WebRequest, work: RequestWork, bank_line_id: FromPath[UUID], data: JSONBody[LineVersion]
) -> BankLineView:
    """Let a line that was set aside wait again."""
    return await BankLines(work).take_up(bank_line_id, data)


@post("/bank-lines/{bank_line_id:uuid}/take-back", permission=_WRITE, tags=TAGS)
@idempotent()
async def take_receipt_back(
    request: WebRequest, work: RequestWork, bank_line_id: FromPath[UUID], data: JSONBody[LineVersion]
) -> BankLineView:
    """A line of the bank's takes a receipt back: what was booked of it is reversed."""
    return await BankLines(work).take_back(bank_line_id, data)


@get("/payments", permission=_READ, tags=TAGS)
async def list_payments(
    work: RequestWork,
    *,
    q: FromQuery[str] = "",
    client_id: FromQuery[UUID | None] = None,
    sort: FromQuery[str] = "",
    cursor: FromQuery[str | None] = None,
) -> Page[PaymentView]:
    """Payments, the newest first, or by `sort` (`amount`, `-received_on`); of a client's people their own company's."""
    conditions = [matches_search(q, payment_matches)] if q else []
    if client_id is not None:
        conditions.append(Payment.client_id == client_id)
    return await api_page(work, PAYMENTS, conditions=conditions, sort=sort, cursor=cursor)


@get("/payments/{payment_id:uuid}", permission=_READ, tags=TAGS)
async def read_payment(work: RequestWork, payment_id: FromPath[UUID]) -> PaymentView:
    """One payment."""
    return await Payments(work).get(payment_id)


@get("/payments/{payment_id:uuid}/allocations", permission=_READ, tags=TAGS)
async def list_allocations(work: RequestWork, payment_id: FromPath[UUID]) -> Page[AllocationView]:
    """What the payment settled, on one page."""
    return Page(await Payments(work).allocations(payment_id))


@get("/payments/{payment_id:uuid}/online-receipt", permission=_READ, tags=TAGS)
async def read_online_receipt(work: RequestWork, payment_id: FromPath[UUID]) -> OnlineReceiptView:
    """What the payment provider tells of an online payment: what it and headquarters keep, and the payer's disputes."""
    return await OnlinePayments(work).receipt(payment_id)


@post("/payments/{payment_id:uuid}/allocations", permission=_WRITE, tags=TAGS)
@idempotent()
async def share_payment(
    request: WebRequest, work: RequestWork, payment_id: FromPath[UUID], data: JSONBody[PaymentSharing]
) -> PaymentView:
    """Settle documents with what the payment has left."""
    return await Payments(work).share(payment_id, data)


@post("/payments/{payment_id:uuid}/allocations/{allocation_id:uuid}/reverse", permission=_WRITE, tags=TAGS)
@idempotent()
async def take_allocation_back(
    request: WebRequest,
    work: RequestWork,
    payment_id: FromPath[UUID],
    allocation_id: FromPath[UUID],
    data: JSONBody[LineVersion],
) -> PaymentView:
    """Open a document again that the payment settled. `version` is the payment's."""
    return await Payments(work).take_back(payment_id, allocation_id, data.version)


@post("/payments/{payment_id:uuid}/reverse", permission=_WRITE, tags=TAGS)
@idempotent()
async def reverse_payment(
    request: WebRequest, work: RequestWork, payment_id: FromPath[UUID], data: JSONBody[PaymentReversal]
) -> PaymentView:
    """Take a payment back that was booked by mistake; its line waits again."""
    return await BankLines(work).undo(payment_id, data)


handlers = [
    list_lines,
    read_line,
    list_suggestions,
    book_line,
    set_line_aside,
    take_line_up,
    take_receipt_back,
    list_payments,
    read_payment,
    list_allocations,
    read_online_receipt,
    share_payment,
    take_allocation_back,
    reverse_payment,
    *saved_view_api(LINES, "/bank-lines"),
    *saved_view_api(PAYMENTS, "/payments"),
]

"""Refunds as JSON. They are approved and declined like everything that somebody else decides: `/approvals`."""

from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, JSONBody

from app.platform.http.idempotency import idempotent
from app.platform.http.pagination import Page
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from billing.payments.permissions import RefundPermission
from billing.payments.refund_schemas import (
    RefundLine,
    RefundPaid,
    RefundReason,
    RefundRequest,
    RefundVersion,
    RefundView,
)
from billing.payments.services import Payments, Refunds

TAGS = ["payments"]
_READ, _WRITE = RefundPermission.REFUND_READ, RefundPermission.REFUND_WRITE


@get("/payments/{payment_id:uuid}/refunds", permission=_READ, tags=TAGS)
async def list_refunds(work: RequestWork, payment_id: FromPath[UUID]) -> Page[RefundView]:
    """What of the payment went back, or was asked for, on one page."""
    await Payments(work).get(payment_id)
    return Page(await Refunds(work).of_payment(payment_id))


@get("/refunds/{refund_id:uuid}", permission=_READ, tags=TAGS)
async def read_refund(work: RequestWork, refund_id: FromPath[UUID]) -> RefundView:
    """One refund."""
    return await Refunds(work).get(refund_id)


@post("/payments/{payment_id:uuid}/refunds", permission=_WRITE, tags=TAGS)
@idempotent()
async def request_refund(
    request: WebRequest, work: RequestWork, payment_id: FromPath[UUID], data: JSONBody[RefundRequest]
) -> RefundView:
    """Ask somebody else to give back a part of what the payment has left."""
    return await Refunds(work).request(payment_id, data)


@post("/refunds/{refund_id:uuid}/withdraw", permission=_WRITE, tags=TAGS)
@idempotent()
async def withdraw_refund(
    request: WebRequest, work: RequestWork, refund_id: FromPath[UUID], data: JSONBody[RefundVersion]
) -> RefundView:
    """Take a request back."""
    return await Refunds(work).withdraw(refund_id, data)


@post("/refunds/{refund_id:uuid}/approve-alone", permission=RefundPermission.REFUND_DECIDE, tags=TAGS)
@idempotent()
async def approve_refund_alone(
    request: WebRequest, work: RequestWork, refund_id: FromPath[UUID], data: JSONBody[RefundReason]
) -> RefundView:
    """Approve it in a company where nobody else may, with a reason."""
    return await Refunds(work).approve_alone(refund_id, data)


@post("/refunds/{refund_id:uuid}/pay", permission=_WRITE, tags=TAGS)
@idempotent()
async def pay_refund(
    request: WebRequest, work: RequestWork, refund_id: FromPath[UUID], data: JSONBody[RefundPaid]
) -> RefundView:
    """Say that the company's bank has sent it."""
    return await Refunds(work).pay(refund_id, data)


@post("/refunds/{refund_id:uuid}/book-line", permission=_WRITE, tags=TAGS)
@idempotent()
async def book_refund_line(
    request: WebRequest, work: RequestWork, refund_id: FromPath[UUID], data: JSONBody[RefundLine]
) -> RefundView:
    """Name the line of the bank statement with which it went out: it is paid, and the line is done."""
    return await Refunds(work).book_line(refund_id, data)


@post("/refunds/{refund_id:uuid}/fail", permission=_WRITE, tags=TAGS)
@idempotent()
async def fail_refund(
    request: WebRequest, work: RequestWork, refund_id: FromPath[UUID], data: JSONBody[RefundReason]
) -> RefundView:
    """Say that it could not be paid: the money is the client's deposit as before."""
    return await Refunds(work).fail(refund_id, data)


handlers = handlers_of(__name__)

"""Refunds on the page of their payment: asked for, decided, paid."""

from functools import partial
from typing import Any, Final
from uuid import UUID

from litestar import Response, post
from litestar.params import FromPath

from app.people.approvals import Verdict, decide
from app.platform.http.registration import handlers_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import Invalid, NotFound
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_values import FormValues
from app.platform.web.forms import submit
from billing.payments.pages import BASE, payment_record, typed_minor
from billing.payments.permissions import RefundPermission
from billing.payments.refund_schemas import RefundLine, RefundPaid, RefundReason, RefundRequest, RefundVersion
from billing.payments.services import Refunds
from billing.payments.services.refunds import REFUND_APPROVAL

REFUND: Final = f"{BASE}/{{payment_id:uuid}}/refunds/{{refund_id:uuid}}"
_AMOUNT_WRONG: Final = N_("请填写大于零的金额，最多两位小数。")
_WRITE, _DECIDE = RefundPermission.REFUND_WRITE, RefundPermission.REFUND_DECIDE


@post(f"{BASE}/{{payment_id:uuid}}/refunds", permission=_WRITE, include_in_schema=False)
async def request_refund(request: WebRequest, payment_id: FromPath[UUID]) -> Response[Any]:
    """Ask somebody else."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        minor = typed_minor(form["refund_amount"])
        if not minor:
            raise Invalid(fields={"refund_amount": _AMOUNT_WRONG})
        wanted = form.read(RefundRequest, amount=minor, reason=form["refund_reason"])
        await Refunds(work).request(payment_id, wanted)
        return f"{BASE}/{payment_id}"

    return await submit(request, act, partial(payment_record, request, payment_id))


@post(f"{REFUND}/decide", permission=_DECIDE, include_in_schema=False)
async def decide_refund(request: WebRequest, payment_id: FromPath[UUID], refund_id: FromPath[UUID]) -> Response[Any]:
    """Yes or no; of whoever owns a company of one, a yes with a reason."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        refunds = await _refunds(work, payment_id, refund_id)
        if form["action"] == "alone":
            await refunds.approve_alone(refund_id, form.read(RefundReason))
        else:
            verdict = Verdict.APPROVE if form["action"] == "approve" else Verdict.DECLINE
            await decide(work, REFUND_APPROVAL, refund_id, verdict, reason=form["reason"])
        return f"{BASE}/{payment_id}"

    return await submit(request, act, partial(payment_record, request, payment_id))


@post(f"{REFUND}/withdraw", permission=_WRITE, include_in_schema=False)
async def withdraw_refund(request: WebRequest, payment_id: FromPath[UUID], refund_id: FromPath[UUID]) -> Response[Any]:
    """Take the request back."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await (await _refunds(work, payment_id, refund_id)).withdraw(refund_id, form.read(RefundVersion))
        return f"{BASE}/{payment_id}"

    return await submit(request, act, partial(payment_record, request, payment_id))


@post(f"{REFUND}/pay", permission=_WRITE, include_in_schema=False)
async def pay_refund(request: WebRequest, payment_id: FromPath[UUID], refund_id: FromPath[UUID]) -> Response[Any]:
    """The bank has sent it: on a day, or with a line of its statement."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        refunds = await _refunds(work, payment_id, refund_id)
        if form["bank_line_id"]:
            await refunds.book_line(refund_id, form.read(RefundLine))
        else:
            await refunds.pay(refund_id, form.read(RefundPaid))
        return f"{BASE}/{payment_id}"

    return await submit(request, act, partial(payment_record, request, payment_id))


@post(f"{REFUND}/fail", permission=_WRITE, include_in_schema=False)
async def fail_refund(request: WebRequest, payment_id: FromPath[UUID], refund_id: FromPath[UUID]) -> Response[Any]:
    """It could not be paid."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await (await _refunds(work, payment_id, refund_id)).fail(refund_id, form.read(RefundReason))
        return f"{BASE}/{payment_id}"

    return await submit(request, act, partial(payment_record, request, payment_id))


async def _refunds(work: UnitOfWork, payment_id: UUID, refund_id: UUID) -> Refunds:
    """
    Raises:
        NotFound: it is not of this payment.
    """
    refunds = Refunds(work)
    if (await refunds.get(refund_id)).payment_id != payment_id:
        raise NotFound
    return refunds


handlers = handlers_of(__name__)

"""Payments in the partner workspace: what came in, whose it is, what it is for. Forms work without script."""

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from app.assets.devices.web_interface import ClientChoices
from app.platform.http.authentication import actor_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError, Invalid
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists.web_interface import list_handlers, list_page
from app.platform.web.form_values import FormValues
from app.platform.web.forms import render_form, submit
from app.platform.web.records import RecordHead, record_page
from billing.invoicing import OpenItemView, open_items
from billing.money import Money, minor_text
from billing.payments.client_api import RECEIPT_DOWNLOAD, receipt_document
from billing.payments.listing import LINES, PAYMENTS
from billing.payments.payouts.service import Payouts
from billing.payments.permissions import PaymentPermission
from billing.payments.refund_context import refunds_of
from billing.payments.schemas import (
    AllocationPart,
    BankLineView,
    LineBooking,
    LineSetAside,
    LineSuggestion,
    LineVersion,
    PaymentReversal,
    PaymentSharing,
)
from billing.payments.services import BankLines, OnlinePayments, Payments
from billing.payments.services.sure_lines import accept_all_sure
from billing.payments.states import (
    DISPUTE_STATE_NAMES,
    LINE_REASON_NAMES,
    LINE_STATE_NAMES,
    LINE_TONES,
    METHOD_NAMES,
    PAYMENT_REASON_NAMES,
    REASON_NAMES,
    STANDING_NAMES,
    STANDING_TONES,
    BankLineState,
    PaymentMethod,
)

BASE: Final = "/workspace/payments"
MATCHING: Final = f"{BASE}/matching"
MOST_SHOWN: Final = 30
AMOUNT_WRONG: Final = N_("请填写大于零的金额，最多两位小数；不分配就留空。")
_TYPED: Final = re.compile(r"\d{0,12}(?:\.\d{0,2})?")
_READ, _WRITE = PaymentPermission.PAYMENT_READ, PaymentPermission.PAYMENT_WRITE


@get(BASE, permission=_READ, include_in_schema=False)
async def payments_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """What clients paid."""
    return await list_page(
        request,
        work,
        PAYMENTS,
        "payments/list.html",
        may_write=_may(request, _WRITE),
        may_import=_may(request, PaymentPermission.PAYMENT_IMPORT),
        may_compare=_may(request, _WRITE),
        standing_names=STANDING_NAMES,
        standing_tones=STANDING_TONES,
        money=minor_text,
    )


@get(f"{BASE}/lines", permission=_READ, include_in_schema=False)
async def lines_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """Everything that the bank told."""
    return await list_page(
        request,
        work,
        LINES,
        "payments/lines.html",
        may_write=_may(request, _WRITE),
        state_names=LINE_STATE_NAMES,
        reason_names=LINE_REASON_NAMES,
        tones=LINE_TONES,
        money=minor_text,
    )


@get(MATCHING, permission=_WRITE, include_in_schema=False)
async def matching_page(
    request: WebRequest,
    work: RequestWork,
    line: FromQuery[UUID | None] = None,
    client: FromQuery[UUID | None] = None,
) -> Response[Any]:
    """One waiting line after the other: Enter books it as suggested."""
    return await _matching(request, line, client, work)


@post(f"{MATCHING}/sure", permission=_WRITE, include_in_schema=False)
async def accept_sure(request: WebRequest) -> Response[Any]:
    """Book all lines of which who pays and how much both fit."""

    async def act(work: UnitOfWork, _: FormValues) -> str:
        accepted = await accept_all_sure(work)
        return f"{MATCHING}?going_on=yes" if accepted.more else MATCHING

    return await submit(request, act)


@post(f"{BASE}/lines/{{bank_line_id:uuid}}/book", permission=_WRITE, include_in_schema=False)
async def book_line(request: WebRequest, bank_line_id: FromPath[UUID]) -> Response[Any]:
    """Book the line as the form says, and go on to the next one."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        lines = BankLines(work)
        await lines.get(bank_line_id)
        await lines.book(bank_line_id, form.read(LineBooking, parts=_parts_of(form)))
        return MATCHING

    async def again(work: UnitOfWork, form: FormValues, error: DomainError) -> Response[Any]:
        client_id = form["client_id"]
        return await _matching(request, bank_line_id, UUID(client_id) if client_id else None, work, form, error)

    return await submit(request, act, again)


@post(f"{BASE}/lines/{{bank_line_id:uuid}}/set-aside", permission=_WRITE, include_in_schema=False)
async def set_line_aside(request: WebRequest, bank_line_id: FromPath[UUID]) -> Response[Any]:
    """No client's payment; on to the next one."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        lines = BankLines(work)
        await lines.get(bank_line_id)
        await lines.set_aside(bank_line_id, form.read(LineSetAside))
        return MATCHING

    return await submit(request, act, partial(_matching, request, bank_line_id, None))


@post(f"{BASE}/lines/{{bank_line_id:uuid}}/take-up", permission=_WRITE, include_in_schema=False)
async def take_line_up(request: WebRequest, bank_line_id: FromPath[UUID]) -> Response[Any]:
    """A client's payment after all."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        lines = BankLines(work)
        await lines.get(bank_line_id)
        await lines.take_up(bank_line_id, form.read(LineVersion))
        return f"{MATCHING}?line={bank_line_id}"

    return await submit(request, act)


@post(f"{BASE}/lines/{{bank_line_id:uuid}}/take-back", permission=_WRITE, include_in_schema=False)
async def take_receipt_back(request: WebRequest, bank_line_id: FromPath[UUID]) -> Response[Any]:
    """The bank takes a receipt back."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        lines = BankLines(work)
        await lines.get(bank_line_id)
        await lines.take_back(bank_line_id, form.read(LineVersion))
        return MATCHING

    return await submit(request, act, partial(_matching, request, bank_line_id, None))


@get(f"{BASE}/{{payment_id:uuid}}", permission=_READ, include_in_schema=False)
async def payment_page(
    request: WebRequest, work: RequestWork, payment_id: FromPath[UUID], tab: FromQuery[str] = ""
) -> Response[Any]:
    """One payment: what it settled, what is left."""
    return await payment_record(request, payment_id, work, tab=tab)


@get(f"{BASE}/{{payment_id:uuid}}/receipt", permission=_READ, include_in_schema=False, audited=RECEIPT_DOWNLOAD)
async def download_receipt_from_page(request: WebRequest, payment_id: FromPath[UUID]) -> Response[bytes]:
    """The PDF."""
    return await receipt_document(request, payment_id)


@post(f"{BASE}/{{payment_id:uuid}}/share", permission=_WRITE, include_in_schema=False)
async def share_payment(request: WebRequest, payment_id: FromPath[UUID]) -> Response[Any]:
    """Settle documents with what is left."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        payments = Payments(work)
        await payments.get(payment_id)
        await payments.share(payment_id, form.read(PaymentSharing, parts=_parts_of(form)))
        return f"{BASE}/{payment_id}"

    return await submit(request, act, partial(payment_record, request, payment_id))


@post(
    f"{BASE}/{{payment_id:uuid}}/allocations/{{allocation_id:uuid}}/reverse",
    permission=_WRITE,
    include_in_schema=False,
)
async def take_allocation_back(
    request: WebRequest, payment_id: FromPath[UUID], allocation_id: FromPath[UUID]
) -> Response[Any]:
    """Open a document again."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await Payments(work).take_back(payment_id, allocation_id, form.whole_number("version"))
        return f"{BASE}/{payment_id}"

    return await submit(request, act, partial(payment_record, request, payment_id))


@post(f"{BASE}/{{payment_id:uuid}}/reverse", permission=_WRITE, include_in_schema=False)
async def reverse_payment(request: WebRequest, payment_id: FromPath[UUID]) -> Response[Any]:
    """Booked by mistake."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await Payments(work).get(payment_id)
        await BankLines(work).undo(payment_id, form.read(PaymentReversal))
        return f"{BASE}/{payment_id}"

    return await submit(request, act, partial(payment_record, request, payment_id))


def _may(request: WebRequest, permission: PaymentPermission) -> bool:
    actor = actor_of(request)
    return actor.may(permission) and not actor.read_only


def _parts_of(form: FormValues) -> tuple[AllocationPart, ...]:
    """What a form shares among documents; the field of the document with the id X is called `part:X`, in yuan.

    Raises:
        Invalid: naming each field at fault.
    """
    parts: list[AllocationPart] = []
    refused: dict[str, str] = {}
    for item_id in form.checked("item"):
        minor = typed_minor(form[f"part:{item_id}"])
        if minor is None:
            refused[f"part:{item_id}"] = AMOUNT_WRONG
        elif minor:
            parts.append(AllocationPart(UUID(item_id), minor))
    if refused:
        raise Invalid(fields=refused)
    return tuple(parts)


def typed_minor(typed: str) -> int | None:
    """What was typed in yuan as minor units; 0 for nothing, None for what is no amount."""
    text = "".join(typed.replace(",", "").replace("，", "").split())
    found = _TYPED.fullmatch(text)
    return int(Decimal(text or 0).scaleb(2)) if found else None


async def _matching(
    request: WebRequest,
    line_id: UUID | None,
    client_id: UUID | None,
    work: UnitOfWork,
    values: FormValues | None = None,
    error: DomainError | None = None,
) -> Response[Any]:
    lines = BankLines(work)
    found = await lines.waiting(MOST_SHOWN + 1)
    waiting = found[:MOST_SHOWN]
    line = await lines.get(line_id) if line_id is not None else (waiting[0] if waiting else None)
    if line is not None and line.state is not BankLineState.OPEN:
        line = waiting[0] if waiting else None
    suggestion, original = await _suggested(lines, line, client_id)
    known = await lines.suggestions(waiting)
    shown: dict[str, Any] = {}
    if suggestion is not None:
        shown = {
            f"part:{each.open_item_id}": f"{Money(each.suggested, line.currency).value:f}" if each.suggested else ""
            for each in suggestion.documents
            if line is not None
        }
    return render_form(
        request,
        "payments/matching.html",
        error,
        base=BASE,
        line=line,
        waiting=waiting,
        known=known,
        sure=sum(1 for each in known.values() if each.sure),
        more=len(found) > MOST_SHOWN,
        going_on=request.query_params.get("going_on") == "yes",
        suggestion=suggestion,
        original=original,
        payouts=await Payouts(work).payouts_for(line) if line is not None else [],
        following=_after(waiting, line),
        clients=await ClientChoices(work).clients(),
        reason_names=REASON_NAMES,
        money=minor_text,
        values=(values or FormValues()).over(shown),
    )


async def _suggested(
    lines: BankLines, line: BankLineView | None, client_id: UUID | None
) -> tuple[LineSuggestion | None, BankLineView | None]:
    if line is None:
        return None, None
    if line.amount < 0:
        return None, await lines.original_of(line)
    if client_id is not None:
        return await lines.suggestion_for(line, client_id), None
    return (await lines.suggestions([line])).get(line.id), None


def _after(waiting: Sequence[BankLineView], line: BankLineView | None) -> UUID | None:
    """The line after this one, for whoever wants to look at it later; after the last one the first."""
    ids = [each.id for each in waiting]
    if line is None or line.id not in ids:
        return None
    place = ids.index(line.id)
    return ids[(place + 1) % len(ids)] if len(ids) > 1 else None


async def payment_record(
    request: WebRequest,
    payment_id: UUID,
    work: UnitOfWork,
    values: FormValues | None = None,
    error: DomainError | None = None,
    tab: str = "",
) -> Response[Any]:
    """The page of a payment."""
    payments = Payments(work)
    payment = await payments.get(payment_id)
    may_write = _may(request, _WRITE) and payment.state == "received"
    online = payment.method is PaymentMethod.ONLINE
    open_documents: Sequence[OpenItemView] = []
    if may_write and payment.unallocated:
        open_documents = await open_items(work, payment.client_id)
    return record_page(
        request,
        "payments/record.html",
        RecordHead(
            kind="payment",
            id=payment.id,
            title=payment.client_name,
            number=payment.number,
            base=f"{BASE}/{payment.id}",
            list_href=BASE,
            list_label=N_("收款"),
            tab=tab,
        ),
        error,
        payment=payment,
        allocations=await payments.allocations(payment_id),
        open_documents=[each for each in open_documents if each.currency == payment.currency],
        standing_names=STANDING_NAMES,
        standing_tones=STANDING_TONES,
        method_names=METHOD_NAMES,
        payment_reason_names=PAYMENT_REASON_NAMES,
        receipt=await OnlinePayments(work).receipt(payment_id) if online else None,
        dispute_state_names=DISPUTE_STATE_NAMES,
        **await refunds_of(request, work, payment_id),
        may_write=may_write,
        may_reverse=may_write and not online,
        money=minor_text,
        values=values or FormValues(),
    )


handlers = [
    payments_page,
    lines_page,
    matching_page,
    accept_sure,
    book_line,
    set_line_aside,
    take_line_up,
    take_receipt_back,
    payment_page,
    download_receipt_from_page,
    share_payment,
    take_allocation_back,
    reverse_payment,
    *list_handlers(PAYMENTS),
    *list_handlers(LINES),
]

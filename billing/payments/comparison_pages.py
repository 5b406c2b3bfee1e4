"""Documents, ledger and payments compared now: a page, and as JSON."""

from typing import Any

from litestar import Response, get

from app.platform.http.authentication import actor_of
from app.platform.http.pagination import Page
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.web.pages import page
from billing.ledger import ACCOUNT_NAMES, LedgerPermission
from billing.money import minor_text
from billing.payments.comparison import PAGE, BooksDifference, books_differences
from billing.payments.pages import BASE
from billing.payments.permissions import PaymentPermission


@get(PAGE, permission=PaymentPermission.PAYMENT_WRITE, include_in_schema=False)
async def comparison_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """Where documents or payments are not what the ledger says."""
    return page(
        request,
        "payments/comparison.html",
        base=BASE,
        differences=await books_differences(work),
        account_names=ACCOUNT_NAMES,
        may_verify=actor_of(request).may(LedgerPermission.LEDGER_READ),
        money=minor_text,
    )


@get("/payments/comparison", permission=PaymentPermission.PAYMENT_WRITE, tags=["payments"])
async def list_differences(work: RequestWork) -> Page[BooksDifference]:
    """Where documents or payments are not what the ledger says; empty: all three agree."""
    return Page(await books_differences(work))


handlers = [comparison_page]
api_handlers = [list_differences]

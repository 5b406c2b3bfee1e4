"""What the company got back for promises that were missed, and why not."""

from typing import Final

from litestar import Response, get

from app.agreements.sla import TARGET_NAMES
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.texts import translator
from app.portals.client.page_context import render_page
from billing.credits import CreditPermission, ServiceCredits, credit_amount, explanation

PORTAL: Final = "/portal/credits"


@get(PORTAL, permission=CreditPermission.SERVICE_CREDIT_READ, include_in_schema=False)
async def credits_page(request: WebRequest, work: RequestWork) -> Response[str]:
    """The decided ones, the newest first."""
    notices = await ServiceCredits(work).notices()
    translate = translator(work.actor.language)
    return await render_page(
        request,
        work,
        "client/credits.html",
        notices=[(each, explanation(each, translate)) for each in notices],
        target_names=TARGET_NAMES,
        amount=credit_amount,
    )


handlers = [credits_page]

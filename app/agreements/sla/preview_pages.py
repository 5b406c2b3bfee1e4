"""The confirmation page before a changed service level is saved: the running clocks that move. [S3 of the features]"""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Response

from app.agreements.sla import labels
from app.agreements.sla.events import TermsChanged
from app.agreements.sla.services import ChangePreview, Outcome, PreviewService
from app.platform.http.authentication import actor_of
from app.platform.http.request_context import origin_of
from app.platform.http.request_work import runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_values import FormValues
from app.platform.web.pages import page

CONFIRMED = "confirmed"
"""The field of the page's buttons: `yes` saves, `back` shows the form again."""

OUTCOMES = {
    Outcome.LATE: (N_("立即超时"), "bad"),
    Outcome.ENDED: (N_("不再承诺"), "neutral"),
    Outcome.EARLIER: (N_("提前"), "waiting"),
    Outcome.LATER: (N_("推后"), "info"),
}
_OUR_FIELDS = frozenset({"_csrf_token", CONFIRMED})


async def preview_of(
    request: WebRequest, change: Callable[[UnitOfWork], Awaitable[object]], changed: TermsChanged
) -> ChangePreview:
    """What `change` moves, tried in a transaction that is rolled back.

    Raises:
        DomainError: whatever the change itself is refused for.
    """
    async with runtime_of(request).units_of_work.dry_run(actor_of(request), origin_of(request)) as work:
        await change(work)
        return await PreviewService(work).of(changed)


async def save_or_confirm(
    request: WebRequest,
    work: UnitOfWork,
    form: FormValues,
    change: Callable[[UnitOfWork], Awaitable[object]],
    *,
    changed: TermsChanged,
    address: str,
) -> Response[Any] | str:
    """Make the change and return `address`, or return the page that lists what it moves and asks for confirmation.

    A change that moves nothing is saved without asking.

    Raises:
        DomainError: whatever the change itself is refused for.
    """
    if form[CONFIRMED] != "yes":
        preview = await preview_of(request, change, changed)
        if preview.moved or preview.unmeasured:
            return page(
                request,
                "sla/preview.html",
                preview=preview,
                fields=[(name, value) for name, value in form.pairs() if name not in _OUR_FIELDS],
                target_names=labels.TARGET_NAMES,
                outcomes=OUTCOMES,
            )
    await change(work)
    return address

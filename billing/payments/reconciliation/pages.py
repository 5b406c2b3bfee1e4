"""Where the payment provider's books differ from ours: the list, and one finding. Forms work without script."""

from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from app.platform.http.authentication import actor_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError
from app.platform.kernel.texts import N_, translator
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists.web_interface import list_handlers, list_page
from app.platform.web.form_values import FormValues
from app.platform.web.forms import submit
from app.platform.web.records import RecordHead, record_page
from billing.money import minor_text
from billing.payments.pages import BASE as PAYMENTS_PAGE
from billing.payments.payouts.listing import BASE as PAYOUTS_PAGE
from billing.payments.permissions import PaymentPermission
from billing.payments.reconciliation.fetching import PAGE
from billing.payments.reconciliation.listing import FINDINGS
from billing.payments.reconciliation.schemas import FindingSettlement, FindingView
from billing.payments.reconciliation.service import Findings
from billing.payments.reconciliation.states import (
    KIND_NAMES,
    REASON_NAMES,
    STATE_NAMES,
    STATE_TONES,
    SUBJECT_NAMES,
    Subject,
)

_READ, _WRITE = PaymentPermission.PAYMENT_READ, PaymentPermission.PAYMENT_WRITE
_WORDS: dict[str, Any] = {
    "kind_names": KIND_NAMES,
    "reason_names": REASON_NAMES,
    "state_names": STATE_NAMES,
    "state_tones": STATE_TONES,
    "subject_names": SUBJECT_NAMES,
    "money": minor_text,
}


@get(PAGE, permission=_READ, include_in_schema=False)
async def findings_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """What differs, the newest day first, and how far the books are compared."""
    until = await Findings(work).until()
    return await list_page(request, work, FINDINGS, "payments/reconciliation.html", until=until.day, **_WORDS)


@get(f"{PAGE}/{{reconciliation_finding_id:uuid}}", permission=_READ, include_in_schema=False)
async def finding_page(
    request: WebRequest, work: RequestWork, reconciliation_finding_id: FromPath[UUID], tab: FromQuery[str] = ""
) -> Response[Any]:
    """One finding, with what the provider says line by line."""
    return await _record(request, reconciliation_finding_id, work, tab=tab)


@post(f"{PAGE}/{{reconciliation_finding_id:uuid}}/settle", permission=_WRITE, include_in_schema=False)
async def settle_finding(request: WebRequest, reconciliation_finding_id: FromPath[UUID]) -> Response[Any]:
    """Nobody has to look at it any more."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await Findings(work).settle(reconciliation_finding_id, form.read(FindingSettlement))
        return f"{PAGE}/{reconciliation_finding_id}"

    return await submit(request, act, partial(_record, request, reconciliation_finding_id))


def _record_href(finding: FindingView) -> str:
    """The page of what it is about, where we have it."""
    if finding.record_id is None:
        return ""
    return f"{PAYOUTS_PAGE if finding.subject is Subject.PAYOUT else PAYMENTS_PAGE}/{finding.record_id}"


async def _record(
    request: WebRequest,
    finding_id: UUID,
    work: UnitOfWork,
    values: FormValues | None = None,
    error: DomainError | None = None,
    tab: str = "",
) -> Response[Any]:
    findings, actor = Findings(work), actor_of(request)
    finding = await findings.get(finding_id)
    head = RecordHead(
        kind="reconciliation_finding",
        id=finding.id,
        title=translator(actor.language)(KIND_NAMES[finding.kind]),
        number=finding.subject_id,
        base=f"{PAGE}/{finding.id}",
        list_href=PAGE,
        list_label=N_("对账差异"),
        tab=tab,
    )
    return record_page(
        request,
        "payments/finding.html",
        head,
        error,
        finding=finding,
        lines=await findings.lines_of(finding),
        about_href=_record_href(finding),
        may_write=actor.may(_WRITE) and not actor.read_only,
        values=values or FormValues(),
        **_WORDS,
    )


handlers = [findings_page, finding_page, settle_finding, *list_handlers(FINDINGS)]

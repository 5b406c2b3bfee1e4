"""Findings as JSON."""

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
from billing.payments.permissions import PaymentPermission
from billing.payments.reconciliation.listing import FINDINGS, finding_matches
from billing.payments.reconciliation.models import ReconciliationFinding
from billing.payments.reconciliation.schemas import (
    FindingSettlement,
    FindingView,
    ProviderLineView,
    ReconciledUntil,
)
from billing.payments.reconciliation.service import Findings
from billing.payments.reconciliation.states import FindingKind, FindingState

TAGS = ["payments"]
_READ, _WRITE = PaymentPermission.PAYMENT_READ, PaymentPermission.PAYMENT_WRITE


@get("/reconciliation-findings", permission=_READ, tags=TAGS)
async def list_findings(
    work: RequestWork,
    *,
    q: FromQuery[str] = "",
    finding_state: Annotated[FindingState | None, QueryParameter(name="state")] = None,
    kind: FromQuery[FindingKind | None] = None,
    sort: FromQuery[str] = "",
    cursor: FromQuery[str | None] = None,
) -> Page[FindingView]:
    """Where the payment provider's books say something else than ours, the newest day first; none for a client's
    people."""
    conditions = [matches_search(q, finding_matches)] if q else []
    if finding_state is not None:
        conditions.append(ReconciliationFinding.state == finding_state)
    if kind is not None:
        conditions.append(ReconciliationFinding.kind == kind)
    return await api_page(work, FINDINGS, conditions=conditions, sort=sort, cursor=cursor)


@get("/reconciliation-progress", permission=_READ, tags=TAGS)
async def read_progress(work: RequestWork) -> ReconciledUntil:
    """How far the payment provider's books are compared."""
    return await Findings(work).until()


@get("/reconciliation-findings/{reconciliation_finding_id:uuid}", permission=_READ, tags=TAGS)
async def read_finding(work: RequestWork, reconciliation_finding_id: FromPath[UUID]) -> FindingView:
    """One finding."""
    return await Findings(work).get(reconciliation_finding_id)


@get("/reconciliation-findings/{reconciliation_finding_id:uuid}/lines", permission=_READ, tags=TAGS)
async def list_provider_lines(work: RequestWork, reconciliation_finding_id: FromPath[UUID]) -> Page[ProviderLineView]:
    """What the payment provider's books say of it, line by line."""
    findings = Findings(work)
    return Page(await findings.lines_of(await findings.get(reconciliation_finding_id)))


@post("/reconciliation-findings/{reconciliation_finding_id:uuid}/settle", permission=_WRITE, tags=TAGS)
@idempotent()
async def settle_finding(
    request: WebRequest,
    work: RequestWork,
    reconciliation_finding_id: FromPath[UUID],
    data: JSONBody[FindingSettlement],
) -> FindingView:
    """Say why nobody has to look at it any more."""
    return await Findings(work).settle(reconciliation_finding_id, data)


handlers = [
    list_findings,
    read_progress,
    read_finding,
    list_provider_lines,
    settle_finding,
    *saved_view_api(FINDINGS, "/reconciliation-findings"),
]

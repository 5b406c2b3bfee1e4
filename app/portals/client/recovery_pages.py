"""Recovery cases of the company: where its media are, the result to be accepted, what becomes of the media (B5)."""

from functools import partial
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_values import FormValues
from app.platform.web.forms import submit
from app.portals.client.page_context import client_of, render_page
from billing.data_recovery import (
    CaseReason,
    CaseVersion,
    RecoveryAnswers,
    RecoveryCases,
    RecoveryPermission,
    ResultDecision,
)
from billing.data_recovery.web_interface import CASE_WORDS, RESULT_READ

BASE: Final = "/portal/recoveries"
CASE: Final = f"{BASE}/{{recovery_case_id:uuid}}"
_READ, _DECIDE = RecoveryPermission.RECOVERY_CASE_READ, RecoveryPermission.RECOVERY_CASE_DECIDE


@get(BASE, permission=_READ, include_in_schema=False)
async def cases_page(request: WebRequest, work: RequestWork) -> Response[str]:
    """The company's cases, the newest first."""
    cases = await RecoveryCases(work).of_client(client_of(work))
    return await render_page(request, work, "client/recoveries.html", cases=cases, base=BASE, **CASE_WORDS)


@get(CASE, permission=_READ, include_in_schema=False, audited=RESULT_READ)
async def case_page(request: WebRequest, work: RequestWork, recovery_case_id: FromPath[UUID]) -> Response[str]:
    """One case, with the list of results for whoever accepts it."""
    return await _case(request, recovery_case_id, work, FormValues())


@post(f"{CASE}/accept", permission=_DECIDE, include_in_schema=False)
async def accept_result(request: WebRequest, recovery_case_id: FromPath[UUID]) -> Response[Any]:
    """Accept exactly the list that was shown."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await RecoveryAnswers(work).accept(recovery_case_id, form.read(ResultDecision))
        return f"{BASE}/{recovery_case_id}"

    return await submit(request, act, partial(_case, request, recovery_case_id))


@post(f"{CASE}/dispute", permission=_DECIDE, include_in_schema=False)
async def dispute_result(request: WebRequest, recovery_case_id: FromPath[UUID]) -> Response[Any]:
    """Send the list back."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await RecoveryAnswers(work).dispute(recovery_case_id, form.read(CaseReason))
        return f"{BASE}/{recovery_case_id}"

    return await submit(request, act, partial(_case, request, recovery_case_id))


@post(f"{CASE}/want-back", permission=_DECIDE, include_in_schema=False)
async def want_back(request: WebRequest, recovery_case_id: FromPath[UUID]) -> Response[Any]:
    """Have the media back before there is a result."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await RecoveryAnswers(work).want_back(recovery_case_id, form.read(CaseReason))
        return f"{BASE}/{recovery_case_id}"

    return await submit(request, act, partial(_case, request, recovery_case_id))


@post(f"{CASE}/media/{{recovery_medium_id:uuid}}/destruction", permission=_DECIDE, include_in_schema=False)
async def agree_to_destruction(
    request: WebRequest, recovery_case_id: FromPath[UUID], recovery_medium_id: FromPath[UUID]
) -> Response[Any]:
    """A medium need not come back."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        given = form.read(CaseVersion)
        await RecoveryAnswers(work).agree_to_destruction(recovery_case_id, recovery_medium_id, given)
        return f"{BASE}/{recovery_case_id}"

    return await submit(request, act, partial(_case, request, recovery_case_id))


async def _case(
    request: WebRequest, case_id: UUID, work: UnitOfWork, values: FormValues, error: DomainError | None = None
) -> Response[str]:
    reading = RecoveryCases(work)
    case, files = await reading.get(case_id), await reading.files(case_id)
    return await render_page(
        request,
        work,
        "client/recovery.html",
        error,
        case=case,
        files=files,
        base=BASE,
        may_decide=work.actor.may(_DECIDE) and not work.actor.read_only,
        values=values,
        **CASE_WORDS,
    )


handlers = handlers_of(__name__)

"""The company's contracts: what was agreed in simple words, what waits for a yes or no, papers and prepaid balances."""

from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from app.platform.http.authentication import actor_of
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_values import FormValues
from app.platform.web.forms import submit
from app.platform.web.pages import translator_of
from app.portals.client.page_context import client_of, render_page
from billing.contracts import (
    AgreementPermission,
    ClientContracts,
    MilestoneAnswer,
    OfferAnswer,
    answer_milestone,
    answer_offer,
)
from billing.contracts.web_interface import (
    CONTRACT_STATE_NAMES,
    CONTRACT_STATE_TONES,
    MILESTONE_REASON_NAMES,
    MILESTONE_STATE_NAMES,
    amount_of_prepaid,
    days_words,
)

HERE = "/portal/contracts"


@get(HERE, permission=AgreementPermission.AGREED_CONTRACT_READ, include_in_schema=False)
async def contracts_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """What waits for an answer first, then what runs."""
    return await render_page(
        request,
        work,
        "client/contracts.html",
        contracts=await ClientContracts(work).all(client_of(work)),
        **_names(request),
    )


@get(f"{HERE}/{{contract_id:uuid}}", permission=AgreementPermission.AGREED_CONTRACT_READ, include_in_schema=False)
async def contract_page(request: WebRequest, work: RequestWork, contract_id: FromPath[UUID]) -> Response[Any]:
    """One contract."""
    return await _page(request, contract_id, work)


@post(f"{HERE}/{{contract_id:uuid}}/answer", permission=AgreementPermission.CONTRACT_ACCEPT, include_in_schema=False)
async def answer(request: WebRequest, contract_id: FromPath[UUID]) -> Response[Any]:
    """Yes or no, by the submit button's `verdict`, to the paper whose hash the page showed."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        given = form.read(OfferAnswer, accept=form["verdict"] == "accept")
        await answer_offer(work, contract_id, given)
        return f"{HERE}/{contract_id}"

    return await submit(request, act, partial(_page, request, contract_id))


@post(
    f"{HERE}/{{contract_id:uuid}}/milestones/{{milestone_id:uuid}}/answer",
    permission=AgreementPermission.CONTRACT_ACCEPT,
    include_in_schema=False,
)
async def answer_for_milestone(
    request: WebRequest, contract_id: FromPath[UUID], milestone_id: FromPath[UUID]
) -> Response[Any]:
    """Accept what was reported, or say what is missing, by the submit button's `verdict`."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        reason = form[f"reason:{milestone_id}"]
        given = form.read(MilestoneAnswer, accept=form["verdict"] == "accept", reason=reason)
        await answer_milestone(work, milestone_id, given)
        return f"{HERE}/{contract_id}"

    return await submit(request, act, partial(_page, request, contract_id, answered=milestone_id))


async def _page(
    request: WebRequest,
    contract_id: UUID,
    work: UnitOfWork,
    values: FormValues | None = None,
    error: DomainError | None = None,
    *,
    answered: UUID | None = None,
) -> Response[Any]:
    found = await ClientContracts(work).get(contract_id)
    actor = actor_of(request)
    return await render_page(
        request,
        work,
        "client/contract.html",
        error,
        contract=found,
        standing=found.standing,
        may_answer=actor.may(AgreementPermission.CONTRACT_ACCEPT) and not actor.read_only,
        values=values or FormValues(),
        answered=answered,
        milestone_names=MILESTONE_STATE_NAMES,
        milestone_reason_names=MILESTONE_REASON_NAMES,
        **_names(request),
    )


def _names(request: WebRequest) -> dict[str, Any]:
    translate = translator_of(request)
    return {
        "state_names": CONTRACT_STATE_NAMES,
        "state_tones": CONTRACT_STATE_TONES,
        "days_words": partial(days_words, translate=translate),
        "amount_of_prepaid": partial(amount_of_prepaid, translate=translate),
    }


handlers = handlers_of(__name__)

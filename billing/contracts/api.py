"""Contracts as JSON."""

from uuid import UUID

from litestar import get, post, put
from litestar.params import FromPath, FromQuery, JSONBody

from app.platform.http.idempotency import idempotent
from app.platform.http.pagination import Page
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.lists.web_interface import api_page, saved_view_api
from billing.contracts.agreement.schemas import ContractOfferCreate
from billing.contracts.agreement.service import ContractAgreement
from billing.contracts.listing import CONTRACTS
from billing.contracts.milestones import Milestones
from billing.contracts.permissions import ContractPermission
from billing.contracts.prepaid import blocks_of
from billing.contracts.schemas import (
    ContractAcceptance,
    ContractAmend,
    ContractCreate,
    ContractDateView,
    ContractEnd,
    ContractProblemView,
    ContractReturn,
    ContractStep,
    ContractSuspend,
    ContractTermsWrite,
    ContractVersionView,
    ContractView,
    MilestoneAcceptance,
    MilestoneReport,
    MilestoneView,
    PrepaidBlockView,
    PrepaidPurchase,
)
from billing.contracts.services import ContractDrafts, RunningContracts
from billing.contracts.states import ContractState

TAGS = ["contracts"]
_READ, _WRITE = ContractPermission.CONTRACT_READ, ContractPermission.CONTRACT_WRITE
_ONE = "/contracts/{contract_id:uuid}"


@get("/contracts", permission=_READ, tags=TAGS)
async def list_contracts(
    work: RequestWork,
    q: FromQuery[str] = "",
    contract_state: FromQuery[ContractState | None] = None,
    of_client: FromQuery[UUID | None] = None,
    sort: FromQuery[str] = "",
    cursor: FromQuery[str | None] = None,
) -> Page[ContractView]:
    """Contracts, those that end first first, or by `sort` (`-title`); without a state all but discarded ones."""
    values = {"state": contract_state, "client": of_client}
    conditions = CONTRACTS.conditions({name: value for name, value in values.items() if value is not None}, q)
    return await api_page(work, CONTRACTS, conditions=conditions, sort=sort, cursor=cursor)


@post("/contracts", permission=_WRITE, tags=TAGS)
@idempotent()
async def create_contract(request: WebRequest, work: RequestWork, data: JSONBody[ContractCreate]) -> ContractView:
    """Begin a draft, with the terms of a template or with own ones."""
    return await ContractDrafts(work).create(data)


@get(_ONE, permission=_READ, tags=TAGS)
async def read_contract(work: RequestWork, contract_id: FromPath[UUID]) -> ContractView:
    """One contract."""
    return await ContractDrafts(work).get(contract_id)


@get(f"{_ONE}/versions", permission=_READ, tags=TAGS)
async def list_contract_versions(work: RequestWork, contract_id: FromPath[UUID]) -> Page[ContractVersionView]:
    """All its versions with their terms, the newest first, on one page."""
    return Page(await ContractDrafts(work).versions(contract_id))


@get(f"{_ONE}/versions/{{contract_version_id:uuid}}", permission=_READ, tags=TAGS)
async def read_contract_version(
    work: RequestWork, contract_id: FromPath[UUID], contract_version_id: FromPath[UUID]
) -> ContractVersionView:
    """One version."""
    return await ContractDrafts(work).version(contract_id, contract_version_id)


@get(f"{_ONE}/versions/{{contract_version_id:uuid}}/problems", permission=_READ, tags=TAGS)
async def list_contract_problems(
    work: RequestWork, contract_id: FromPath[UUID], contract_version_id: FromPath[UUID]
) -> Page[ContractProblemView]:
    """What is to be put right before the version can be offered, each at its field, on one page."""
    return Page(await ContractDrafts(work).problems(contract_id, contract_version_id))


@put(f"{_ONE}/terms", permission=_WRITE, tags=TAGS)
async def write_contract_terms(
    work: RequestWork, contract_id: FromPath[UUID], data: JSONBody[ContractTermsWrite]
) -> ContractView:
    """Write the draft."""
    return await ContractDrafts(work).save_terms(contract_id, data)


@post(f"{_ONE}/discard", permission=_WRITE, tags=TAGS)
@idempotent()
async def discard_contract(
    request: WebRequest, work: RequestWork, contract_id: FromPath[UUID], data: JSONBody[ContractStep]
) -> ContractView:
    """Give up a draft, of the contract or of an amendment."""
    return await ContractDrafts(work).discard(contract_id, data.version)


@post(f"{_ONE}/offer", permission=_WRITE, tags=TAGS)
@idempotent()
async def offer_contract(
    request: WebRequest, work: RequestWork, contract_id: FromPath[UUID], data: JSONBody[ContractOfferCreate]
) -> ContractView:
    """Put the draft before the client; its terms do not change any more. The client answers in the portal, by a link
    or on paper."""
    return await ContractAgreement(work).offer(contract_id, data.version, data.answer_days)


@post(f"{_ONE}/accept", permission=_WRITE, tags=TAGS)
@idempotent()
async def accept_contract(
    request: WebRequest, work: RequestWork, contract_id: FromPath[UUID], data: JSONBody[ContractAcceptance]
) -> ContractView:
    """The client has signed on paper."""
    return await ContractAgreement(work).accept(contract_id, data)


@post(f"{_ONE}/take-back", permission=_WRITE, tags=TAGS)
@idempotent()
async def take_back_contract(
    request: WebRequest, work: RequestWork, contract_id: FromPath[UUID], data: JSONBody[ContractReturn]
) -> ContractView:
    """The client declined, or the offer is withdrawn; a new draft begins with its terms."""
    return await ContractAgreement(work).take_back(contract_id, data)


@post(f"{_ONE}/activate", permission=_WRITE, tags=TAGS)
@idempotent()
async def activate_contract(
    request: WebRequest, work: RequestWork, contract_id: FromPath[UUID], data: JSONBody[ContractStep]
) -> ContractView:
    """Let what the client accepted hold from its day on."""
    return await RunningContracts(work).activate(contract_id, data.version)


@post(f"{_ONE}/amend", permission=_WRITE, tags=TAGS)
@idempotent()
async def amend_contract(
    request: WebRequest, work: RequestWork, contract_id: FromPath[UUID], data: JSONBody[ContractAmend]
) -> ContractView:
    """Begin an amendment: a draft of what is to hold from a day on."""
    return await ContractDrafts(work).amend(contract_id, data)


@post(f"{_ONE}/renew", permission=_WRITE, tags=TAGS)
@idempotent()
async def renew_contract(
    request: WebRequest, work: RequestWork, contract_id: FromPath[UUID], data: JSONBody[ContractStep]
) -> ContractView:
    """Begin a renewal: a draft of the next term."""
    return await ContractDrafts(work).renew(contract_id, data.version)


@post(f"{_ONE}/suspend", permission=_WRITE, tags=TAGS)
@idempotent()
async def suspend_contract(
    request: WebRequest, work: RequestWork, contract_id: FromPath[UUID], data: JSONBody[ContractSuspend]
) -> ContractView:
    """From today on the contract covers nothing."""
    return await RunningContracts(work).suspend(contract_id, data)


@post(f"{_ONE}/resume", permission=_WRITE, tags=TAGS)
@idempotent()
async def resume_contract(
    request: WebRequest, work: RequestWork, contract_id: FromPath[UUID], data: JSONBody[ContractStep]
) -> ContractView:
    """From today on the contract covers again."""
    return await RunningContracts(work).resume(contract_id, data.version)


@post(f"{_ONE}/end", permission=_WRITE, tags=TAGS)
@idempotent()
async def end_contract(
    request: WebRequest, work: RequestWork, contract_id: FromPath[UUID], data: JSONBody[ContractEnd]
) -> ContractView:
    """Bring the contract's end forward."""
    return await RunningContracts(work).end(contract_id, data)


@post(f"{_ONE}/notice", permission=_WRITE, tags=TAGS)
@idempotent()
async def give_notice(
    request: WebRequest, work: RequestWork, contract_id: FromPath[UUID], data: JSONBody[ContractStep]
) -> ContractView:
    """The contract does not go on after its term."""
    return await RunningContracts(work).give_notice(contract_id, data.version)


@get(f"{_ONE}/dates", permission=_READ, tags=TAGS)
async def list_contract_dates(work: RequestWork, contract_id: FromPath[UUID]) -> Page[ContractDateView]:
    """What falls due on which day, in order, on one page."""
    return Page(await ContractDrafts(work).dates(contract_id))


@get(f"{_ONE}/prepaid-blocks", permission=_READ, tags=TAGS)
async def list_prepaid_blocks(work: RequestWork, contract_id: FromPath[UUID]) -> Page[PrepaidBlockView]:
    """What was bought ahead and what is left of it, on one page."""
    return Page(await blocks_of(work, contract_id))


@post(f"{_ONE}/prepaid-blocks", permission=_WRITE, tags=TAGS)
@idempotent()
async def buy_prepaid_block(
    request: WebRequest, work: RequestWork, contract_id: FromPath[UUID], data: JSONBody[PrepaidPurchase]
) -> Page[PrepaidBlockView]:
    """One more block of a prepaid line; all of them."""
    await RunningContracts(work).buy_block(contract_id, data)
    return Page(await blocks_of(work, contract_id))


@get(f"{_ONE}/milestones", permission=_READ, tags=TAGS)
async def list_milestones(work: RequestWork, contract_id: FromPath[UUID]) -> Page[MilestoneView]:
    """The milestones of a project, on one page."""
    return Page(await Milestones(work).of(contract_id))


@post("/contract-milestones/{milestone_id:uuid}/report", permission=_WRITE, tags=TAGS)
@idempotent()
async def report_milestone(
    request: WebRequest, work: RequestWork, milestone_id: FromPath[UUID], data: JSONBody[MilestoneReport]
) -> MilestoneView:
    """It is done; the client is to accept it."""
    return await Milestones(work).report(milestone_id, data)


@post("/contract-milestones/{milestone_id:uuid}/reopen", permission=_WRITE, tags=TAGS)
@idempotent()
async def reopen_milestone(
    request: WebRequest, work: RequestWork, milestone_id: FromPath[UUID], data: JSONBody[ContractStep]
) -> MilestoneView:
    """The client did not accept it."""
    return await Milestones(work).reopen(milestone_id, data.version)


@post("/contract-milestones/{milestone_id:uuid}/accept", permission=_WRITE, tags=TAGS)
@idempotent()
async def accept_milestone(
    request: WebRequest, work: RequestWork, milestone_id: FromPath[UUID], data: JSONBody[MilestoneAcceptance]
) -> MilestoneView:
    """The client has accepted it on paper."""
    return await Milestones(work).accept(milestone_id, data)


handlers = [*handlers_of(__name__), *saved_view_api(CONTRACTS, "/contracts")]

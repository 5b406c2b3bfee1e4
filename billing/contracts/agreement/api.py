"""The papers of contracts as JSON, and contracts for the client's own people."""

from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, JSONBody

from app.platform.documents.web_interface import document_answer
from app.platform.http.audited_reads import Audited
from app.platform.http.idempotency import idempotent
from app.platform.http.openapi_description import binary
from app.platform.http.pagination import Page
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import Invalid
from app.platform.kernel.texts import N_
from billing.contracts.agreement.acceptance import answer_milestone
from billing.contracts.agreement.permissions import AgreementPermission
from billing.contracts.agreement.reading import ClientContracts, paper_of, papers_of
from billing.contracts.agreement.schemas import (
    ClientContractView,
    ContractStandingView,
    MilestoneAnswer,
    OfferAnswer,
    OfferLinkCreate,
    PaperView,
)
from billing.contracts.agreement.service import ContractAgreement, answer_offer
from billing.contracts.permissions import ContractPermission
from billing.contracts.records import contract_view

TAGS = ["agreed contracts"]
DOWNLOAD: Final = Audited("contract.paper_downloaded", "contract_paper", "contract_paper_id")
HERE = "/agreed-contracts"


@get(HERE, permission=AgreementPermission.AGREED_CONTRACT_READ, tags=TAGS)
async def list_agreed_contracts(
    work: RequestWork, client_id: FromQuery[UUID | None] = None
) -> Page[ContractStandingView]:
    """The client's contracts as the client sees them, on one page; staff name the client."""
    chosen = work.actor.client_id or client_id
    if chosen is None:
        raise Invalid(fields={"client_id": N_("请选择客户。")})
    return Page(await ClientContracts(work).all(chosen))


@get(f"{HERE}/{{contract_id:uuid}}", permission=AgreementPermission.AGREED_CONTRACT_READ, tags=TAGS)
async def read_agreed_contract(work: RequestWork, contract_id: FromPath[UUID]) -> ClientContractView:
    """One contract in words, with its papers, what waits for an answer, and prepaid balances."""
    return await ClientContracts(work).get(contract_id)


@post(f"{HERE}/{{contract_id:uuid}}/answer", permission=AgreementPermission.CONTRACT_ACCEPT, status_code=200, tags=TAGS)
async def answer_contract_offer(
    work: RequestWork, contract_id: FromPath[UUID], data: JSONBody[OfferAnswer]
) -> ClientContractView:
    """Say yes or no to exactly the paper whose hash was shown. Once: whoever comes second is told so."""
    return await answer_offer(work, contract_id, data)


@post(
    f"{HERE}/milestones/{{milestone_id:uuid}}/answer",
    permission=AgreementPermission.CONTRACT_ACCEPT,
    status_code=200,
    tags=TAGS,
)
async def answer_reported_milestone(
    work: RequestWork, milestone_id: FromPath[UUID], data: JSONBody[MilestoneAnswer]
) -> ClientContractView:
    """Accept exactly what was reported, or say what is missing. Once; what is accepted is charged."""
    return await answer_milestone(work, milestone_id, data)


@get("/contracts/{contract_id:uuid}/papers", permission=ContractPermission.CONTRACT_READ, tags=["contracts"])
async def list_contract_papers(work: RequestWork, contract_id: FromPath[UUID]) -> Page[PaperView]:
    """All papers of a contract, offered and agreed, the newest first, on one page."""
    await contract_view(work, contract_id)
    return Page(await papers_of(work, contract_id))


@post("/contracts/{contract_id:uuid}/offer-links", permission=ContractPermission.CONTRACT_WRITE, tags=["contracts"])
@idempotent()
async def send_offer_link(
    request: WebRequest, work: RequestWork, contract_id: FromPath[UUID], data: JSONBody[OfferLinkCreate]
) -> None:
    """Have a person of the client's answer by a link, sent by e-mail: who has no account."""
    public_url = runtime_of(request).settings.public_url
    await ContractAgreement(work).send_link(contract_id, data, public_url=public_url)


@get(
    "/contract-papers/{contract_paper_id:uuid}/pdf",
    permission=AgreementPermission.AGREED_CONTRACT_READ,
    tags=TAGS,
    responses=binary("application/pdf", "The paper."),
    audited=DOWNLOAD,
)
async def download_contract_paper(request: WebRequest, contract_paper_id: FromPath[UUID]) -> Response[bytes]:
    """One paper as PDF: the bytes that were offered or agreed."""
    return await document_answer(request, lambda work: paper_of(work, contract_paper_id))


handlers = handlers_of(__name__)

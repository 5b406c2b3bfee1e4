"""The papers of a contract: for staff a tab of its page, with the client's answer; the PDFs for both sides."""

from functools import partial
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from app.platform.documents.web_interface import document_answer
from app.platform.http.authentication import actor_of
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_values import FormValues
from app.platform.web.forms import submit
from app.platform.web.records import RecordHead, record_page
from billing.contracts.agreement.api import DOWNLOAD
from billing.contracts.agreement.permissions import AgreementPermission
from billing.contracts.agreement.reading import paper_of, papers_of, waiting_offer
from billing.contracts.agreement.schemas import OfferLinkCreate
from billing.contracts.agreement.service import ContractAgreement
from billing.contracts.permissions import ContractPermission
from billing.contracts.records import contract_view

BASE: Final = "/workspace/contracts"
HERE: Final = f"{BASE}/{{contract_id:uuid}}/papers"


@get(HERE, permission=ContractPermission.CONTRACT_READ, include_in_schema=False)
async def papers_page(request: WebRequest, work: RequestWork, contract_id: FromPath[UUID]) -> Response[Any]:
    """All papers, and what waits for the client's answer."""
    return await _page(request, contract_id, work)


@post(f"{HERE}/link", permission=ContractPermission.CONTRACT_WRITE, include_in_schema=False)
async def send_link(request: WebRequest, contract_id: FromPath[UUID]) -> Response[Any]:
    """Send a person of the client's the link by which they answer."""
    public_url = runtime_of(request).settings.public_url

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await ContractAgreement(work).send_link(contract_id, form.read(OfferLinkCreate), public_url=public_url)
        return f"{BASE}/{contract_id}/papers?sent=yes"

    return await submit(request, act, partial(_page, request, contract_id))


@get(
    "/contract-papers/{contract_paper_id:uuid}",
    permission=AgreementPermission.AGREED_CONTRACT_READ,
    audited=DOWNLOAD,
    include_in_schema=False,
)
async def paper_pdf(request: WebRequest, contract_paper_id: FromPath[UUID]) -> Response[bytes]:
    """One paper as PDF."""
    return await document_answer(request, lambda work: paper_of(work, contract_paper_id))


async def _page(
    request: WebRequest,
    contract_id: UUID,
    work: UnitOfWork,
    values: FormValues | None = None,
    error: DomainError | None = None,
) -> Response[Any]:
    contract = await contract_view(work, contract_id)
    actor = actor_of(request)
    record = RecordHead(
        kind="contract",
        id=contract.id,
        title=contract.title,
        number=contract.number or "",
        base=f"{BASE}/{contract.id}",
        list_href=BASE,
        list_label=N_("合同"),
        tab="papers",
    )
    return record_page(
        request,
        "contracts/papers.html",
        record,
        error,
        contract=contract,
        papers=await papers_of(work, contract_id),
        offer=await waiting_offer(work, contract_id),
        here=f"{BASE}/{contract.id}/papers",
        sent=request.query_params.get("sent") == "yes",
        values=values or FormValues(),
        may_write=actor.may(ContractPermission.CONTRACT_WRITE) and not actor.read_only,
    )


handlers = handlers_of(__name__)

"""The client's answer to an offered version, as an approval: in the portal, or by a link without an account."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select

from app.people.approvals import (
    ApprovalRequest,
    ApprovalState,
    ApprovalSubject,
    Decision,
    Fact,
    request_approval,
    withdraw,
)
from app.platform.documents import Printable, printable
from app.platform.kernel.errors import NotFound
from app.platform.kernel.texts import N_, SOURCE_LANGUAGE, translator
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.contracts.agreement.document import OFFERED_CONTRACT
from billing.contracts.agreement.errors import DeclineReasonMissing
from billing.contracts.agreement.events import ContractOffered
from billing.contracts.agreement.models import OfferedContract
from billing.contracts.agreement.papers import OFFER_KIND, freeze_offer, offer_of, show_standing
from billing.contracts.agreement.permissions import AgreementPermission
from billing.contracts.agreement.words import days_words
from billing.contracts.models import Contract, ContractVersion
from billing.contracts.records import locked_contract
from billing.contracts.services.agreement import accept_version, take_back_version
from billing.contracts.states import NOT_ANSWERED, VersionState
from billing.contracts.versions import terms_of
from billing.terms import terms_digest

CLIENT_PAGE: Final = "/portal/contracts"
STAFF_PAGE: Final = "/workspace/contracts"
ASKED: Final = N_("请确认合同 %(number)s《%(title)s》")


async def _content(work: UnitOfWork, version_id: UUID) -> object | None:
    """What is decided about: the terms as they are stored, and the paper that the client has."""
    version = await _locked_version(work, version_id)
    offer = None if version is None else await offer_of(work, version)
    if version is None or offer is None:
        return None
    return {
        "state": version.state,
        "terms": terms_digest(terms_of(version.terms)),
        "effective_from": version.effective_from.isoformat(),
        "paper": offer.content_hash,
    }


async def _follow(work: UnitOfWork, decision: Decision) -> None:
    """The answer's move. What is withdrawn was moved by whoever withdrew it."""
    version = await _locked_version(work, decision.subject_id)
    if version is None or version.state != VersionState.OFFERED:
        return
    contract = await locked_contract(work, version.contract_id)
    match ApprovalState(decision.state):
        case ApprovalState.APPROVED:
            await accept_version(work, contract, version, decision.decided_by_name)
        case ApprovalState.DECLINED:
            if not decision.reason.strip():
                raise DeclineReasonMissing(fields={"reason": DeclineReasonMissing.text})
            await take_back_version(work, contract, version, declined=True, reason=decision.reason)
        case ApprovalState.EXPIRED | ApprovalState.VOID:
            await take_back_version(work, contract, version, declined=False, reason=NOT_ANSWERED)
        case _:
            return


async def _paper(work: UnitOfWork, version_id: UUID) -> Printable:
    offer = await work.session.scalar(select(OfferedContract).where(OfferedContract.version_id == version_id))
    if offer is None:
        raise NotFound
    return await printable(work.session, OFFERED_CONTRACT, offer)


CONTRACT_OFFER: Final = ApprovalSubject(
    kind=OFFER_KIND,
    label=N_("合同确认"),
    permission=AgreementPermission.CONTRACT_ACCEPT,
    content=_content,
    follow=_follow,
    page=CLIENT_PAGE,
    requester_page=STAFF_PAGE,
    document=_paper,
)


async def put_before_client(work: UnitOfWork, contract: Contract, version: ContractVersion, days: int) -> None:
    """Freeze the paper of the offered version and ask the client's approvers; whoever calls holds the lock."""
    answer_until = work.now + timedelta(days=days)
    offer = await freeze_offer(work, contract, version, answer_until)
    terms = terms_of(version.terms)
    translate = translator(SOURCE_LANGUAGE)
    facts = (
        Fact(N_("合同编号"), contract.number or ""),
        Fact(N_("合同名称"), contract.title),
        Fact(N_("合同期限"), days_words(terms.term.start, terms.term.end, translate)),
        Fact(N_("生效日期"), version.effective_from.isoformat()),
        *((Fact(N_("变更原因"), version.reason),) if version.reason else ()),
        Fact(N_("内容校验（SHA-256）"), offer.content_hash),
    )
    request = ApprovalRequest(
        subject_id=version.id,
        title=ASKED,
        parameters={"number": contract.number or "", "title": contract.title},
        facts=facts,
        expires_at=answer_until,
        client_id=contract.client_id,
    )
    await request_approval(work, CONTRACT_OFFER, request)
    await show_standing(work, contract)
    work.publish(
        ContractOffered(contract_id=contract.id, version_id=version.id, client_id=contract.client_id, offer_id=offer.id)
    )


async def ask_no_more(work: UnitOfWork, version_id: UUID) -> None:
    """The answer came on paper, or the offer was taken back: nobody decides it in the portal or by a link any more."""
    await withdraw(work, CONTRACT_OFFER, version_id, missing_ok=True)


async def _locked_version(work: UnitOfWork, version_id: UUID) -> ContractVersion | None:
    """The version under its contract's lock, which comes first everywhere."""
    contract_id = await work.session.scalar(select(ContractVersion.contract_id).where(ContractVersion.id == version_id))
    if contract_id is None:
        return None
    await locked_contract(work, contract_id)
    found: ContractVersion | None = await work.session.scalar(
        select(ContractVersion).where(ContractVersion.id == version_id).execution_options(populate_existing=True)
    )
    return found

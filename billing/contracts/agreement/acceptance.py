"""The client's acceptance of a milestone, as an approval: in the portal, or by a link without an account.

What is reported is frozen by its hash. Exactly that is accepted, once, and is charged then; a no says why, and the work
goes on.
"""

from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.people.approvals import (
    ApprovalRequest,
    ApprovalState,
    ApprovalSubject,
    Decision,
    Fact,
    Verdict,
    decide,
    request_approval,
    withdraw,
)
from app.platform.documents import content_hash
from app.platform.kernel.errors import NotFound
from app.platform.kernel.invariants import present
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.contracts.agreement.errors import MilestoneReasonMissing, MilestoneReportChanged
from billing.contracts.agreement.papers import MILESTONE_KIND
from billing.contracts.agreement.permissions import AgreementPermission
from billing.contracts.agreement.reading import ClientContracts
from billing.contracts.agreement.schemas import ClientContractView, MilestoneAnswer
from billing.contracts.events import MilestoneAccepted
from billing.contracts.models import Contract, ContractMilestone, ContractVersion
from billing.contracts.records import today_of
from billing.contracts.states import MILESTONE_MACHINE, NOT_ANSWERED, MilestoneMove, MilestoneState
from billing.contracts.versions import terms_of
from billing.money import priced_text
from billing.terms import Milestone

ANSWER_DAYS: Final = 60
"""In how many days the client answers; then the company reports it once more."""
CLIENT_PAGE: Final = "/portal/contracts"
STAFF_PAGE: Final = "/workspace/contracts"
ASKED: Final = N_("请验收里程碑“%(milestone)s”（合同 %(number)s）")


class AcceptedHow(StrEnum):
    """By which way the client's yes came."""

    CLIENT = "client"
    """In the portal or by a link: for exactly the hash that was shown."""
    PAPER = "paper"
    """On paper, as the company's own people say."""


class ReportedMilestone(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What a client accepts: as it was reported."""

    contract: str
    milestone: str
    name: str
    amount: Decimal
    currency: str
    reported_on: date
    reported_by: str
    report: str


async def _content(work: UnitOfWork, milestone_id: UUID) -> object | None:
    row = await locked_milestone(work, milestone_id)
    return None if row is None else {"state": row.state, "report": row.report_hash}


async def _follow(work: UnitOfWork, decision: Decision) -> None:
    """The answer's move. What is withdrawn was moved by whoever withdrew it."""
    row = await locked_milestone(work, decision.subject_id)
    if row is None or row.state != MilestoneState.REPORTED:
        return
    match ApprovalState(decision.state):
        case ApprovalState.APPROVED:
            contract = await _contract(work, row)
            await accept(work, row, decision.decided_by_name, today_of(work, contract), AcceptedHow.CLIENT)
        case ApprovalState.DECLINED:
            if not decision.reason.strip():
                raise MilestoneReasonMissing(fields={"reason": MilestoneReasonMissing.text})
            _take_back(work, row, decision.decided_by_name, decision.reason.strip())
        case ApprovalState.EXPIRED | ApprovalState.VOID:
            _take_back(work, row, "", NOT_ANSWERED)
        case _:
            return


MILESTONE_ACCEPTANCE: Final = ApprovalSubject(
    kind=MILESTONE_KIND,
    label=N_("里程碑验收"),
    permission=AgreementPermission.CONTRACT_ACCEPT,
    content=_content,
    follow=_follow,
    page=CLIENT_PAGE,
    requester_page=STAFF_PAGE,
)


async def ask_for_acceptance(work: UnitOfWork, row: ContractMilestone) -> None:
    """Freeze what is reported and ask the client's approvers; whoever calls holds the milestone."""
    contract = await _contract(work, row)
    reported = await _reported(work, contract, row)
    row.report_hash = content_hash(reported)
    row.decline_reason, row.declined_by, row.declined_at = "", "", None
    await work.session.flush()
    facts = (
        Fact(N_("合同编号"), reported.contract),
        Fact(N_("里程碑"), row.name),
        Fact(N_("金额"), priced_text(reported.amount, reported.currency)),
        Fact(N_("完成日期"), reported.reported_on.isoformat()),
        *((Fact(N_("完成情况"), row.report),) if row.report else ()),
        Fact(N_("内容校验（SHA-256）"), row.report_hash),
    )
    request = ApprovalRequest(
        subject_id=row.id,
        title=ASKED,
        parameters={"milestone": row.name, "number": reported.contract},
        facts=facts,
        expires_at=work.now + timedelta(days=ANSWER_DAYS),
        client_id=row.client_id,
    )
    await request_approval(work, MILESTONE_ACCEPTANCE, request)


async def ask_no_more(work: UnitOfWork, milestone_id: UUID) -> None:
    """The answer came on paper, or the report was taken back: what was changed is written first, because it is read
    again."""
    await work.session.flush()
    await withdraw(work, MILESTONE_ACCEPTANCE, milestone_id, missing_ok=True)


async def accept(
    work: UnitOfWork, row: ContractMilestone, accepted_by: str, accepted_on: date, how: AcceptedHow
) -> None:
    """Who accepted it, when and how: what it is charged by, once."""
    row.state = MILESTONE_MACHINE.after(MilestoneMove.ACCEPT, row.state)
    row.version += 1
    row.accepted_by, row.accepted_on = accepted_by, accepted_on
    row.accepted_at, row.accepted_how = work.now, how
    work.publish(MilestoneAccepted(milestone_id=row.id))
    told = {"milestone": row.line_key, "digest": row.report_hash}
    work.audit("contract.milestone_accepted", "contract", row.contract_id, **told)


async def answer_milestone(work: UnitOfWork, milestone_id: UUID, answer: MilestoneAnswer) -> ClientContractView:
    """The client's approver says yes or no to exactly what was shown as reported.

    Raises:
        Forbidden: without `contract:accept`, or by an API token.
        NotFound: no such milestone for this actor.
        MilestoneMoveRefused: it is not reported, or somebody has answered.
        MilestoneReportChanged: it was reported anew since it was shown.
        MilestoneReasonMissing: a no without a reason.
    """
    work.actor.require(AgreementPermission.CONTRACT_ACCEPT)
    row = await work.session.scalar(select(ContractMilestone).where(ContractMilestone.id == milestone_id))
    if row is None:
        raise NotFound
    MILESTONE_MACHINE.require(MilestoneMove.ACCEPT, row.state)
    if row.report_hash != answer.content_hash:
        raise MilestoneReportChanged
    contract_id = row.contract_id
    verdict = Verdict.APPROVE if answer.accept else Verdict.DECLINE
    await decide(work, MILESTONE_ACCEPTANCE, milestone_id, verdict, reason=answer.reason)
    return await ClientContracts(work).get(contract_id)


async def locked_milestone(work: UnitOfWork, milestone_id: UUID) -> ContractMilestone | None:
    """The milestone, the caller's until the commit."""
    found: ContractMilestone | None = await work.session.scalar(
        select(ContractMilestone)
        .where(ContractMilestone.id == milestone_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found


def _take_back(work: UnitOfWork, row: ContractMilestone, declined_by: str, reason: str) -> None:
    """Work goes on; what was said stays until it is reported anew."""
    row.state = MILESTONE_MACHINE.after(MilestoneMove.DECLINE, row.state)
    row.version += 1
    row.reported_on, row.reported_by, row.report_hash = None, "", ""
    row.decline_reason, row.declined_by, row.declined_at = reason, declined_by, work.now
    work.audit("contract.milestone_declined", "contract", row.contract_id, milestone=row.line_key)


async def _contract(work: UnitOfWork, row: ContractMilestone) -> Contract:
    found = await work.session.scalar(select(Contract).where(Contract.id == row.contract_id))
    return present(found, "a milestone is a contract's")


async def _reported(work: UnitOfWork, contract: Contract, row: ContractMilestone) -> ReportedMilestone:
    stored = await work.session.scalar(
        select(ContractVersion.terms).where(ContractVersion.id == contract.current_version_id)
    )
    terms = terms_of(present(stored, "a contract has a version"))
    lines = [line for line in terms.lines if isinstance(line, Milestone) and line.key == row.line_key]
    return ReportedMilestone(
        contract=contract.number or "",
        milestone=row.line_key,
        name=row.name,
        amount=lines[0].amount if lines else Decimal(0),
        currency=terms.currency,
        reported_on=present(row.reported_on, "what is reported has its day"),
        reported_by=row.reported_by,
        report=row.report,
    )

"""What the client's people see of contracts, and what staff see of the papers."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, and_, func, select

from app.people.approvals import ApprovalState
from app.people.approvals.models import Approval
from app.platform.documents import Printable, printable
from app.platform.kernel.actor import Actor
from app.platform.kernel.columns import view_of
from app.platform.kernel.errors import NotFound
from app.platform.kernel.texts import Translator, translator
from app.platform.kernel.time_source import platform_day
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.contracts.agreement.content import ContractContent
from billing.contracts.agreement.document import AGREED_CONTRACT, HOW_NAMES, OFFERED_CONTRACT
from billing.contracts.agreement.models import AgreedContract, ContractStanding, OfferedContract
from billing.contracts.agreement.papers import MILESTONE_KIND, OFFER_KIND
from billing.contracts.agreement.permissions import AgreementPermission
from billing.contracts.agreement.schemas import (
    ClientContractView,
    ContractStandingView,
    ContractWords,
    MilestoneStanding,
    NamedWords,
    PaperView,
    PrepaidBalance,
    ServiceWords,
)
from billing.contracts.agreement.words import (
    hours_in_words,
    lines_in_words,
    promises_in_words,
    terms_in_words,
)
from billing.contracts.models import ContractMilestone, PrepaidBlockRow
from billing.contracts.prepaid import LOW_PERCENT
from billing.contracts.states import ContractState, MilestoneState

_WAITS = and_(
    Approval.tenant_id == OfferedContract.tenant_id,
    Approval.subject_id == OfferedContract.version_id,
    Approval.subject_kind == OFFER_KIND,
    Approval.state == ApprovalState.REQUESTED,
)


class ClientContracts:
    """Contracts as their clients see them, in the actor's own ring.

    Raises:
        Forbidden: without `agreed_contract:read`.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(AgreementPermission.AGREED_CONTRACT_READ)
        self._work = work

    async def all(self, client_id: UUID) -> list[ContractStandingView]:
        """What waits for an answer first, then what runs, the newest first."""
        rows = await self._work.session.scalars(
            select(ContractStanding)
            .where(ContractStanding.client_id == client_id)
            .order_by(ContractStanding.from_day.desc(), ContractStanding.number.desc())
        )
        waiting = await self._waiting(OfferedContract.client_id == client_id)
        views = [_standing(row, waiting.get(row.contract_id)) for row in rows]
        return sorted(views, key=lambda view: (view.answer_until is None, view.state is not ContractState.ACTIVE))

    async def get(self, contract_id: UUID) -> ClientContractView:
        """
        Raises:
            NotFound: no such contract for this actor, or nothing of it that its client has seen.
        """
        session = self._work.session
        row = await session.scalar(select(ContractStanding).where(ContractStanding.contract_id == contract_id))
        if row is None:
            raise NotFound
        offer = (await self._waiting(OfferedContract.contract_id == contract_id)).get(contract_id)
        agreed = await self._agreed(contract_id)
        present = [paper for paper in agreed if paper.effective_from <= self._today(agreed)] or agreed[-1:]
        translate = translator(self._work.actor.language)
        return ClientContractView(
            standing=_standing(row, offer),
            offer=None if offer is None else paper_view(offer, translate),
            offered=None if offer is None else words_of(content_of_paper(offer), translate),
            agreed=words_of(content_of_paper(present[0]), translate) if present else None,
            papers=[paper_view(paper, translate) for paper in agreed],
            balances=await self._balances(contract_id, self._today(agreed)),
            milestones=await self._milestones(contract_id),
        )

    async def _agreed(self, contract_id: UUID) -> Sequence[AgreedContract]:
        """The newest first."""
        rows = await self._work.session.scalars(
            select(AgreedContract)
            .where(AgreedContract.contract_id == contract_id)
            .order_by(AgreedContract.edition.desc())
        )
        return rows.all()

    def _today(self, agreed: Sequence[AgreedContract]) -> date:
        if not agreed:
            return platform_day(self._work.now)
        return self._work.now.astimezone(content_of_paper(agreed[0]).agreed_terms.zone).date()

    async def _waiting(self, *conditions: Any) -> dict[UUID, OfferedContract]:
        """By contract, the paper that waits for an answer and may still get one."""
        rows = await self._work.session.scalars(
            select(OfferedContract).join(Approval, _WAITS).where(*conditions, Approval.expires_at > self._work.now)
        )
        return {row.contract_id: row for row in rows}

    async def _balances(self, contract_id: UUID, today: date) -> list[PrepaidBalance]:
        rows = await self._work.session.execute(
            select(
                PrepaidBlockRow.line_name,
                PrepaidBlockRow.unit,
                func.sum(PrepaidBlockRow.left).label("left"),
                func.sum(PrepaidBlockRow.quantity).label("quantity"),
                func.min(PrepaidBlockRow.expires_on).label("expires_on"),
            )
            .where(PrepaidBlockRow.contract_id == contract_id, PrepaidBlockRow.expires_on > today)
            .group_by(PrepaidBlockRow.line_key, PrepaidBlockRow.line_name, PrepaidBlockRow.unit)
            .order_by(PrepaidBlockRow.line_name)
        )
        return [
            PrepaidBalance(
                line_name=row.line_name,
                unit=row.unit,
                left=int(row.left),
                quantity=int(row.quantity),
                expires_on=row.expires_on,
                low=row.left * 100 <= row.quantity * LOW_PERCENT,
            )
            for row in rows
        ]

    async def _milestones(self, contract_id: UUID) -> list[MilestoneStanding]:
        rows = await self._work.session.scalars(
            select(ContractMilestone)
            .where(ContractMilestone.contract_id == contract_id)
            .order_by(ContractMilestone.line_key)
        )
        return [view_of(MilestoneStanding, row, state=MilestoneState(row.state)) for row in rows]


async def paper_of(work: UnitOfWork, paper_id: UUID) -> Printable:
    """The PDF of a paper, offered or agreed, in the actor's own ring.

    Raises:
        Forbidden: without `agreed_contract:read`.
        NotFound: no such paper for this actor.
    """
    work.actor.require(AgreementPermission.AGREED_CONTRACT_READ)
    offered = await work.session.scalar(select(OfferedContract).where(OfferedContract.id == paper_id))
    if offered is not None:
        return await printable(work.session, OFFERED_CONTRACT, offered)
    agreed = await work.session.scalar(select(AgreedContract).where(AgreedContract.id == paper_id))
    if agreed is None:
        raise NotFound
    return await printable(work.session, AGREED_CONTRACT, agreed)


async def papers_of(work: UnitOfWork, contract_id: UUID) -> list[PaperView]:
    """All papers of a contract for staff, the newest first. Whoever calls has checked the right to the contract."""
    offered = await work.session.scalars(select(OfferedContract).where(OfferedContract.contract_id == contract_id))
    agreed = await work.session.scalars(select(AgreedContract).where(AgreedContract.contract_id == contract_id))
    translate = translator(work.actor.language)
    papers = [paper_view(paper, translate) for paper in (*offered, *agreed)]
    return sorted(papers, key=lambda paper: paper.made_at, reverse=True)


def contracts_to_answer(actor: Actor, now: datetime) -> Select[int]:
    """How many papers and milestones wait for the actor's answer: for the navigation."""
    return select(func.count(Approval.id)).where(
        Approval.tenant_id == actor.tenant_id,
        Approval.client_id == actor.client_id,
        Approval.subject_kind.in_((OFFER_KIND, MILESTONE_KIND)),
        Approval.state == ApprovalState.REQUESTED,
        Approval.expires_at > now,
    )


def content_of_paper(paper: OfferedContract | AgreedContract) -> ContractContent:
    """What it says."""
    return msgspec.convert(paper.content, ContractContent)


def paper_view(paper: OfferedContract | AgreedContract, translate: Translator) -> PaperView:
    """A paper as it is read."""
    content = content_of_paper(paper)
    given = content.acceptance
    return PaperView(
        id=paper.id,
        contract_id=paper.contract_id,
        version_id=paper.version_id,
        number=paper.number,
        edition=paper.edition,
        version_number=content.version_number,
        effective_from=content.effective_from,
        made_at=paper.created_at,
        content_hash=paper.content_hash,
        answer_until=paper.answer_until if isinstance(paper, OfferedContract) else None,
        accepted_by=given.accepted_by if given else "",
        accepted_at=given.accepted_at if given else None,
        how=translate(HOW_NAMES[given.how]) if given else "",
    )


def words_of(content: ContractContent, translate: Translator) -> ContractWords:
    """The contract in the reader's language."""
    return ContractWords(
        terms=_named(terms_in_words(content, translate)),
        services=[
            ServiceWords(line.name, line.kind, _named(line.prices), _named(line.covers), line.devices)
            for line in lines_in_words(content, translate)
        ],
        promises=_named(promises_in_words(content, translate)),
        hours=_named(hours_in_words(content, translate)),
    )


def _named(rows: Sequence[tuple[str, str]]) -> list[NamedWords]:
    return [NamedWords(name, words) for name, words in rows]


def _standing(row: ContractStanding, offer: OfferedContract | None) -> ContractStandingView:
    return ContractStandingView(
        contract_id=row.contract_id,
        number=row.number,
        title=row.title,
        state=ContractState(row.state),
        from_day=row.from_day,
        until_day=row.until_day,
        answer_until=None if offer is None else offer.answer_until,
    )


async def waiting_offer(work: UnitOfWork, contract_id: UUID) -> PaperView | None:
    """The paper that waits for the client's answer, and may still get one."""
    found = await work.session.scalar(
        select(OfferedContract)
        .join(Approval, _WAITS)
        .where(OfferedContract.contract_id == contract_id, Approval.expires_at > work.now)
    )
    return None if found is None else paper_view(found, translator(work.actor.language))

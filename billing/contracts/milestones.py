"""Milestones of projects: reported by the company, accepted by the client, then charged."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.platform.kernel.columns import columns_of
from app.platform.kernel.errors import NotFound, StaleVersion
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.contracts.agreement.acceptance import (
    AcceptedHow,
    accept,
    ask_for_acceptance,
    ask_no_more,
    locked_milestone,
)
from billing.contracts.models import Contract, ContractMilestone
from billing.contracts.permissions import ContractPermission
from billing.contracts.records import contract_view, today_of
from billing.contracts.schemas import MilestoneAcceptance, MilestoneReport, MilestoneView
from billing.contracts.states import MILESTONE_MACHINE, MilestoneMove, MilestoneState
from billing.terms import Milestone, Terms


class Milestones:
    """The milestones of the company's projects.

    Raises:
        Forbidden: without `contract:read`.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(ContractPermission.CONTRACT_READ)
        self._work = work

    async def of(self, contract_id: UUID) -> list[MilestoneView]:
        """In the order in which they were agreed.

        Raises:
            NotFound: no such contract for this actor.
        """
        await contract_view(self._work, contract_id)
        rows = await self._work.session.execute(
            select(*columns_of(MilestoneView, ContractMilestone))
            .where(ContractMilestone.contract_id == contract_id)
            .order_by(ContractMilestone.id)
        )
        return [_view(row) for row in rows]

    async def report(self, milestone_id: UUID, wanted: MilestoneReport) -> MilestoneView:
        """It is done; the client is to accept it.

        Raises:
            Forbidden: without `contract:write`.
            NotFound, StaleVersion, MilestoneMoveRefused.
        """
        row = await self._moved(milestone_id, wanted.version, MilestoneMove.REPORT)
        contract = await self._work.session.scalar(select(Contract).where(Contract.id == row.contract_id))
        if contract is None:
            raise NotFound
        row.reported_on, row.reported_by = today_of(self._work, contract), self._work.actor.display_name
        row.report = wanted.report
        await ask_for_acceptance(self._work, row)
        return await self._told(row, "contract.milestone_reported")

    async def reopen(self, milestone_id: UUID, version: int) -> MilestoneView:
        """It was reported too early, or the client did not accept it on paper: work goes on.

        Raises:
            Forbidden: without `contract:write`.
            NotFound, StaleVersion, MilestoneMoveRefused.
        """
        row = await self._moved(milestone_id, version, MilestoneMove.REOPEN)
        row.reported_on, row.reported_by, row.report_hash = None, "", ""
        await ask_no_more(self._work, row.id)
        return await self._told(row, "contract.milestone_reopened")

    async def accept(self, milestone_id: UUID, wanted: MilestoneAcceptance) -> MilestoneView:
        """The client accepted it, on paper.

        Raises:
            Forbidden: without `contract:write`.
            NotFound, StaleVersion, MilestoneMoveRefused.
        """
        row = await self._held(milestone_id, wanted.version)
        await accept(self._work, row, wanted.accepted_by, wanted.accepted_on, AcceptedHow.PAPER)
        await ask_no_more(self._work, row.id)
        await self._work.session.flush()
        return _view([getattr(row, name) for name in MilestoneView.__struct_fields__])

    async def _moved(self, milestone_id: UUID, version: int, move: MilestoneMove) -> ContractMilestone:
        row = await self._held(milestone_id, version)
        row.state = MILESTONE_MACHINE.after(move, row.state)
        row.version += 1
        return row

    async def _held(self, milestone_id: UUID, version: int) -> ContractMilestone:
        self._work.actor.require(ContractPermission.CONTRACT_WRITE)
        row = await locked_milestone(self._work, milestone_id)
        if row is None:
            raise NotFound
        if row.version != version:
            raise StaleVersion
        return row

    async def _told(self, row: ContractMilestone, action: str) -> MilestoneView:
        self._work.audit(action, "contract", row.contract_id, milestone=row.line_key)
        await self._work.session.flush()
        return _view([getattr(row, name) for name in MilestoneView.__struct_fields__])


async def enter_milestones(work: UnitOfWork, contract: Contract, terms: Terms) -> None:
    """The milestones of terms that come into force; those that stood in the contract before stay as they are, and one
    that nobody has reported is not asked for any more when it left the terms."""
    lines = [line for line in terms.lines if isinstance(line, Milestone)]
    rows = [
        {
            "tenant_id": work.tenant_id,
            "id": work.new_id(),
            "client_id": contract.client_id,
            "contract_id": contract.id,
            "line_key": line.key,
            "name": line.name,
            "state": MilestoneState.OPEN,
            "reported_by": "",
            "report": "",
            "report_hash": "",
            "accepted_by": "",
            "accepted_how": "",
            "decline_reason": "",
            "declined_by": "",
            "version": 1,
        }
        for line in lines
    ]
    if rows:
        await work.session.execute(
            insert(ContractMilestone)
            .values(rows)
            .on_conflict_do_nothing(index_elements=["tenant_id", "contract_id", "line_key"])
        )
    kept = {line.key for line in lines}
    left = await work.session.scalars(
        select(ContractMilestone).where(
            ContractMilestone.contract_id == contract.id,
            ContractMilestone.state == MilestoneState.OPEN,
            ContractMilestone.line_key.not_in(kept),
        )
    )
    for row in left.all():
        await work.session.delete(row)


def _view(row: object) -> MilestoneView:
    values = dict(zip(MilestoneView.__struct_fields__, row, strict=True))  # type: ignore[call-overload]
    return MilestoneView(**{**values, "state": MilestoneState(values["state"])})

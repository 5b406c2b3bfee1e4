"""Use cases of findings: read, and settled with a reason."""

from uuid import UUID

from sqlalchemy import func, select

from app.platform.kernel.columns import columns_of, view_of
from app.platform.kernel.errors import NotFound, StaleVersion
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.payments.permissions import PaymentPermission
from billing.payments.reconciliation.comparing import settle
from billing.payments.reconciliation.models import ProviderLine, ReconciliationDay, ReconciliationFinding
from billing.payments.reconciliation.schemas import (
    FindingSettlement,
    FindingView,
    ProviderLineView,
    ReconciledUntil,
)
from billing.payments.reconciliation.states import FINDING, FindingKind, FindingMove, FindingState, Subject


class Findings:
    """Findings of the actor's company.

    Raises:
        Forbidden: without `payment:read`.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(PaymentPermission.PAYMENT_READ)
        self._work = work

    async def get(self, finding_id: UUID) -> FindingView:
        """
        Raises:
            NotFound: no such finding in this company.
        """
        row = await self._work.session.scalar(
            select(ReconciliationFinding).where(ReconciliationFinding.id == finding_id)
        )
        if row is None:
            raise NotFound
        return finding_view(row)

    async def lines_of(self, finding: FindingView) -> list[ProviderLineView]:
        """What the provider says of it, in its own words."""
        rows = await self._work.session.execute(
            select(*columns_of(ProviderLineView, ProviderLine))
            .where(ProviderLine.subject == finding.subject, ProviderLine.subject_id == finding.subject_id)
            .order_by(ProviderLine.made_at, ProviderLine.id)
        )
        return [ProviderLineView(*row) for row in rows]

    async def until(self) -> ReconciledUntil:
        """How far the books are compared."""
        finished = select(func.max(ReconciliationDay.day)).where(ReconciliationDay.finished_at.is_not(None))
        return ReconciledUntil(await self._work.session.scalar(finished))

    async def settle(self, finding_id: UUID, wanted: FindingSettlement) -> FindingView:
        """Nobody has to look at it any more, for a reason. It is open again when the books differ by something else.

        Raises:
            Forbidden: without `payment:write`.
            NotFound, StaleVersion, FindingMoveRefused
        """
        work = self._work
        work.actor.require(PaymentPermission.PAYMENT_WRITE)
        row = await work.session.scalar(
            select(ReconciliationFinding)
            .where(ReconciliationFinding.id == finding_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        if row is None:
            raise NotFound
        FINDING.require(FindingMove.SETTLE, row.state)
        if row.version != wanted.version:
            raise StaleVersion
        settle(work, row, wanted.reason, work.actor.display_name)
        await work.session.flush()
        return finding_view(row)


def finding_view(row: ReconciliationFinding) -> FindingView:
    """A finding as it is read."""
    return view_of(
        FindingView,
        row,
        kind=FindingKind(row.kind),
        subject=Subject(row.subject),
        state=FindingState(row.state),
    )

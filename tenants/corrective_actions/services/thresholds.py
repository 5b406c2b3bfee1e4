"""Thresholds of quality, set by headquarters."""

from uuid import UUID

from sqlalchemy import select

from app.platform.kernel.actor import HQ_TENANT_ID
from app.platform.kernel.columns import view_of
from app.platform.kernel.errors import Forbidden, NotFound
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission
from tenants.corrective_actions.errors import ThresholdExists
from tenants.corrective_actions.models import QualityThreshold
from tenants.corrective_actions.schemas import Comparison, Threshold, ThresholdCreate
from tenants.corrective_actions.services.records import HUNDREDTHS
from tenants.models import TenantProfile
from tenants.partner_metrics import LESS_IS_BETTER, Measure


class ThresholdService:
    """The thresholds, in headquarters' tenant."""

    def __init__(self, work: UnitOfWork) -> None:
        if work.tenant_id != HQ_TENANT_ID:
            raise Forbidden
        self.work = work

    async def thresholds(self) -> list[Threshold]:
        """All, the active ones first."""
        self.work.actor.require(Permission.CORRECTIVE_ACTION_DECIDE)
        rows = await self.work.session.scalars(
            select(QualityThreshold).order_by(
                QualityThreshold.active.desc(),
                QualityThreshold.measure,
                QualityThreshold.created_at.desc(),
                QualityThreshold.id.desc(),
            )
        )
        return [_to_view(row) for row in rows]

    async def limits(self) -> dict[Measure, float]:
        """What the active thresholds ask for of each measure, in percent, or points of the score."""
        self.work.actor.require(Permission.CORRECTIVE_ACTION_READ)
        rows = await self.work.session.execute(
            select(QualityThreshold.measure, QualityThreshold.comparison, QualityThreshold.limit_hundredths).where(
                QualityThreshold.active
            )
        )
        found: dict[Measure, float] = {}
        for name, comparison, hundredths in rows:
            measure, limit = Measure(name), hundredths / HUNDREDTHS
            # The side on which this measure is bad; a threshold on the other side is no target.
            if (comparison == Comparison.ABOVE) is (measure in LESS_IS_BETTER):
                found[measure] = limit
        return found

    async def add(self, wanted: ThresholdCreate) -> Threshold:
        """
        Raises:
            ThresholdExists: the measure has an active threshold.
        """
        self.work.actor.require(Permission.CORRECTIVE_ACTION_DECIDE)
        # Whoever sets the same one beside waits here, and then sees it.
        await self.work.session.execute(select(TenantProfile.id).with_for_update())
        taken = await self.work.session.scalar(
            select(QualityThreshold.id).where(
                QualityThreshold.measure == wanted.measure,
                QualityThreshold.comparison == wanted.comparison,
                QualityThreshold.active,
            )
        )
        if taken is not None:
            raise ThresholdExists
        row = QualityThreshold(
            tenant_id=self.work.tenant_id,
            id=self.work.new_id(),
            measure=wanted.measure,
            comparison=wanted.comparison,
            limit_hundredths=round(wanted.limit * HUNDREDTHS),
            fewest_cases=wanted.fewest_cases,
            months=wanted.months,
            due_days=wanted.due_days,
            recheck_days=wanted.recheck_days,
            active=True,
            created_at=self.work.now,
            created_by=self.work.actor.display_name,
            version=1,
        )
        self.work.session.add(row)
        self.work.audit("quality_threshold.created", "quality_threshold", row.id, measure=row.measure)
        await self.work.session.flush()
        return _to_view(row)

    async def retire(self, threshold_id: UUID) -> Threshold:
        """Retire the threshold; actions that it opened go on. Idempotent.

        Raises:
            NotFound
        """
        self.work.actor.require(Permission.CORRECTIVE_ACTION_DECIDE)
        row = await self.work.session.get(QualityThreshold, (self.work.tenant_id, threshold_id), with_for_update=True)
        if row is None:
            raise NotFound
        if row.active:
            row.active = False
            row.version += 1
            self.work.audit("quality_threshold.retired", "quality_threshold", row.id)
            await self.work.session.flush()
        return _to_view(row)


def _to_view(row: QualityThreshold) -> Threshold:
    return view_of(Threshold, row, limit=row.limit_hundredths / HUNDREDTHS)

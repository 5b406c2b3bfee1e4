"""Headquarters opens a corrective action about a partner's figure, or writes a letter about it."""

from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from app.platform.kernel.actor import HQ_TENANT_ID
from app.platform.kernel.errors import Forbidden, Invalid
from app.platform.kernel.texts import N_
from app.platform.kernel.throttle import SlidingWindow, Throttle
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission
from tenants.corrective_actions.errors import ActionOngoing, NothingMeasured
from tenants.corrective_actions.events import PartnerLetterWritten
from tenants.corrective_actions.models import QualityThreshold
from tenants.corrective_actions.schemas import (
    Action,
    ActionCreate,
    Comparison,
    LetterCreate,
    LetterWritten,
    Proposal,
)
from tenants.corrective_actions.services import records
from tenants.corrective_actions.services.creation import (
    ActionTerms,
    MissedMonth,
    create_action,
    is_bad,
    lock_opening,
    ongoing_action,
    record_breach,
)
from tenants.corrective_actions.services.records import HUNDREDTHS
from tenants.partner_metrics import (
    FEWEST_CASES,
    LESS_IS_BETTER,
    Grain,
    Measure,
    MeasuredMonth,
    beginning,
    measured_months,
    network_month,
)

DUE_DAYS: Final = 14
RECHECK_DAYS: Final = 35
LETTERS_A_DAY: Final = 3
"""Letters to one partner a day."""
LETTERS_AN_HOUR: Final = 30
"""Letters by one writer an hour."""


class OpeningService:
    """In headquarters' tenant. Figures are read on the network role's connections (`engine`)."""

    def __init__(self, work: UnitOfWork, engine: AsyncEngine) -> None:
        work.actor.require(Permission.CORRECTIVE_ACTION_DECIDE)
        if work.tenant_id != HQ_TENANT_ID:
            raise Forbidden
        self.work = work
        self.engine = engine

    async def proposal(self, partner_id: UUID, measure: Measure, month: date) -> Proposal:
        """What an action about this figure would begin with: the threshold's terms, where one watches the measure,
        otherwise the network's own value as the limit.

        Raises:
            NothingMeasured: the partner has no such figure.
        """
        first = beginning(Grain.MONTH, month)
        name, found, value = await self._figure(partner_id, measure, first)
        network = await network_month(self.engine, measure, first)
        threshold = await self._threshold(measure)
        usual = value if network.value is None else network.value
        due_on = records.today_of(self.work) + timedelta(days=threshold.due_days if threshold else DUE_DAYS)
        return Proposal(
            partner_id=partner_id,
            partner_name=name,
            measure=measure,
            comparison=_comparison(measure),
            month=first,
            value=value,
            network_value=network.value,
            cases=found.cases,
            limit=threshold.limit_hundredths / HUNDREDTHS if threshold else usual,
            due_on=due_on,
            recheck_on=due_on + timedelta(days=threshold.recheck_days if threshold else RECHECK_DAYS),
        )

    async def open(self, wanted: ActionCreate) -> Action:
        """Ask the partner for a correction.

        Raises:
            NothingMeasured, ActionOngoing
            Invalid: the figure is on the good side of the limit, or the dates are past, far away or in no order.
        """
        self.work.require_writable()
        first, comparison = beginning(Grain.MONTH, wanted.month), _comparison(wanted.measure)
        name, found, value = await self._figure(wanted.partner_id, wanted.measure, first)
        missed = MissedMonth(wanted.partner_id, name, first, round(value * HUNDREDTHS), found.cases)
        limit = round(wanted.limit * HUNDREDTHS)
        if not is_bad(missed.value_hundredths, comparison, limit):
            raise Invalid(fields={"limit": N_("这个月的数值没有越过这个界限。")})
        records.check_dates(self.work, wanted.due_on, wanted.recheck_on)
        await lock_opening(self.work)
        going_on = await ongoing_action(self.work, wanted.partner_id, wanted.measure, comparison)
        if going_on is not None:
            raise ActionOngoing(number=going_on.number)
        threshold = await self._threshold(wanted.measure)
        terms = ActionTerms(
            measure=wanted.measure,
            comparison=comparison,
            limit_hundredths=limit,
            # Not more cases than the partner has: its re-check could otherwise never be judged.
            fewest_cases=min(found.cases, threshold.fewest_cases if threshold else FEWEST_CASES),
            months=1,
            due_on=wanted.due_on,
            recheck_on=wanted.recheck_on,
            threshold_id=threshold.id if threshold else None,
        )
        action = await create_action(self.work, missed, terms, wanted.reason)
        if threshold is not None:
            await record_breach(self.work, threshold.id, missed, action.id)
        return await records.to_view(self.work, action)

    async def write(self, partner_id: UUID, letter: LetterCreate, throttle: Throttle) -> LetterWritten:
        """Send the partner's owners headquarters' words about one figure, after the commit.

        Raises:
            NothingMeasured
            Forbidden: who has no membership, such as the platform itself, has no name to sign with.
            TooManyAttempts, ThrottleUnavailable: enough has been written.
        """
        self.work.require_writable()
        writer = self.work.actor.membership_id
        if writer is None:
            raise Forbidden
        first = beginning(Grain.MONTH, letter.month)
        _, _, value = await self._figure(partner_id, letter.measure, first)
        await throttle.enforce(
            [
                SlidingWindow("partner_letter", f"{partner_id}", LETTERS_A_DAY, 86_400),
                SlidingWindow("partner_letter_writer", f"{writer}", LETTERS_AN_HOUR, 3_600),
            ]
        )
        self.work.audit("partner_letter.written", "tenant", partner_id, measure=letter.measure, month=first.isoformat())
        self.work.publish(
            PartnerLetterWritten(
                partner_id=partner_id,
                measure=letter.measure,
                month=first,
                value=value,
                text=letter.text,
                writer=writer,
                writer_name=self.work.actor.display_name,
            )
        )
        return LetterWritten(
            partner_id=partner_id, measure=letter.measure, month=first, value=value, written_at=self.work.now
        )

    async def _figure(self, partner_id: UUID, measure: Measure, first: date) -> tuple[str, MeasuredMonth, float]:
        """The partner's name, its month, and the month's value."""
        measured = await measured_months(self.engine, measure, first, first, partner_id)
        found = measured[0].months[-1] if measured else None
        if found is None or found.value is None:
            raise NothingMeasured
        return measured[0].name, found, found.value

    async def _threshold(self, measure: Measure) -> QualityThreshold | None:
        found: QualityThreshold | None = await self.work.session.scalar(
            select(QualityThreshold).where(
                QualityThreshold.active,
                QualityThreshold.measure == measure,
                QualityThreshold.comparison == _comparison(measure),
            )
        )
        return found


def _comparison(measure: Measure) -> Comparison:
    """On which side of a limit the measure is bad."""
    return Comparison.ABOVE if measure in LESS_IS_BETTER else Comparison.BELOW

"""Thresholds of headquarters and corrective actions in every state, simulated from the months' real figures.

Everything goes through the services: actions refer to the figures of a past month, partners answer, and the re-check
reads the next month.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime, time, timedelta
from math import ceil, floor
from typing import Final
from uuid import UUID

import msgspec

from app.demo.onboarding import Partner
from app.demo.simulation import Simulation
from app.demo.ticket_simulation import TicketSimulation
from app.platform.kernel.actor import Actor
from app.platform.kernel.time_source import PLATFORM_ZONE, platform_day
from tenants.corrective_actions import (
    ActionCreate,
    ActionService,
    ActionState,
    Cancellation,
    Comparison,
    OpeningService,
    Plan,
    Progress,
    ThresholdCreate,
    ThresholdService,
    TooEarlyToRecheck,
    TooFewToRecheck,
)
from tenants.partner_metrics import (
    LESS_IS_BETTER,
    Grain,
    Measure,
    beginning,
    measured_months,
    preceding,
    rebuild_quality,
)

THRESHOLDS: Final = (
    (Measure.RESPONSE, Comparison.BELOW, 90),
    (Measure.ARRIVAL, Comparison.BELOW, 90),
    (Measure.RESOLUTION, Comparison.BELOW, 90),
    (Measure.REOPENED, Comparison.ABOVE, 10),
    (Measure.SATISFACTION, Comparison.BELOW, 4.3),
)
FIRST_MONTH_ACTIONS: Final = 6
SECOND_MONTH_ACTIONS: Final = 3
IMPROVED_ACTIONS: Final = 2
"""Numbers of actions opened in the first month, in the second, and for figures that have improved since."""
CAUSES: Final = (
    "排班没有覆盖午休和傍晚,高峰时段派不出人。",
    "备件要从外地调,等件时间太长。",
    "新人独立上门,漏查的步骤多。",
)
PLANNED_MEASURES: Final = (
    "午休和傍晚各加一名值班工程师,组长每天看一次超时单。",
    "常用备件在本地备两套,每周一盘点。",
    "新人前一个月由老工程师带班,修完按清单复核。",
)
PROGRESS_TEXT: Final = "措施已经落实,附上本月值班表和盘点记录。"


class Figure(msgspec.Struct, frozen=True):
    """One measure of a partner in one month."""

    partner: Partner
    measure: Measure
    value: float


def is_better(measure: Measure, value: float, than: float) -> bool:
    """Whether `value` is better than `than`."""
    return value < than if measure in LESS_IS_BETTER else value > than


def next_limit(measure: Measure, value: float) -> float | None:
    """The next round limit that `value` misses; None where `value` is the best possible."""
    if measure in LESS_IS_BETTER:
        limit = float(ceil(value) - 1) if value <= 5 else float(ceil(value / 5) * 5 - 5)
        return limit if 0 <= limit < value else None
    best, step = (5.0, 0.1) if measure is Measure.SATISFACTION else (100.0, 5.0)
    limit = round((floor(round(value / step, 6)) + 1) * step, 2)
    return limit if value < limit <= best else None


class CorrectiveActionSimulation:
    """The corrective actions of headquarters' administrator and the partners' owners."""

    def __init__(self, simulation: Simulation, administrator: Actor, partners: Sequence[Partner]) -> None:
        self.simulation = simulation
        self.units_of_work = simulation.runtime.units_of_work
        self.engine = simulation.runtime.engine("network")
        self.administrator = administrator
        self.partners = partners
        self._opened: list[tuple[Partner, UUID]] = []

    async def set_thresholds(self) -> None:
        """The thresholds that headquarters sets."""
        async with self.units_of_work.begin(self.administrator) as work:
            for measure, comparison, limit in THRESHOLDS:
                await ThresholdService(work).add(
                    ThresholdCreate(measure=measure, comparison=comparison, limit=limit, fewest_cases=10)
                )

    def schedule(self, daily: TicketSimulation, until: datetime) -> None:
        """Schedule all steps; those before the first ticket find no figures."""
        this_month = beginning(Grain.MONTH, platform_day(until))
        last_month = preceding(Grain.MONTH, this_month)

        def morning(day: int, first: datetime) -> datetime:
            return first + timedelta(days=day, hours=10)

        first = datetime.combine(last_month, time(), PLATFORM_ZONE)
        second = datetime.combine(this_month, time(), PLATFORM_ZONE)
        daily.slow_until = first
        daily.at(morning(3, first), self._open_first)
        for day, step in ((4, self._plan), (6, self._start), (20, self._finish)):
            daily.at(morning(day, first), step)
        for day, hours_ago, step in (
            (2, 9, self._recheck_first),
            (3, 8, self._open_improved),
            (4, 7, self._plan),
            (5, 6, self._start),
            (9, 5, self._finish),
            (10, 4, self._recheck_improved),
            (11, 3, self._open_second),
            (12, 2, self._answer_second),
        ):
            daily.at(min(morning(day, second), until - timedelta(hours=hours_ago)), step)

    def _month(self, before: int) -> date:
        """The first day of the month so many months before the present one."""
        month = beginning(Grain.MONTH, platform_day(self.simulation.clock.now()))
        for _ in range(before):
            month = preceding(Grain.MONTH, month)
        return month

    async def _figures(self, before: int) -> list[Figure]:
        """The figures of the month `before` months ago that have no ongoing action."""
        await rebuild_quality(self.simulation.runtime, "all")
        month = self._month(before)
        async with self.units_of_work.begin(self.administrator) as work:
            ids = [each.id for each in self.partners]
            busy = {(each.partner_id, each.measure) for each in await ActionService(work).going_on(ids)}
        found = []
        for measure in Measure:
            months = await measured_months(self.engine, measure, month, month)
            values = {each.id: each.months[-1].value for each in months}
            for partner in self.partners:
                value = values.get(partner.id)
                if value is not None and (partner.id, measure) not in busy:
                    found.append(Figure(partner, measure, value))
        return found

    async def _open(self, figure: Figure, limit: float, before: int = 1) -> None:
        today = platform_day(self.simulation.clock.now())
        async with self.units_of_work.begin(self.administrator) as work:
            action = await OpeningService(work, self.engine).open(
                ActionCreate(
                    partner_id=figure.partner.id,
                    measure=figure.measure,
                    month=self._month(before),
                    limit=limit,
                    due_on=today + timedelta(days=21),
                    recheck_on=today + timedelta(days=30),
                )
            )
        self._opened.append((figure.partner, action.id))

    async def _open_first(self) -> None:
        for figure in await self._figures(1):
            limit = next_limit(figure.measure, figure.value)
            if limit is not None and len(self._opened) < FIRST_MONTH_ACTIONS:
                await self._open(figure, limit)
        if self._opened:
            _, mistaken = self._opened.pop()
            async with self.units_of_work.begin(self.administrator) as work:
                await ActionService(work).cancel(mistaken, Cancellation("当月导入的数据有误,更正后已经达标。"))

    async def _each(self, act: Callable[[ActionService, UUID, int], Awaitable[object]]) -> None:
        for index, (partner, action_id) in enumerate(self._opened):
            async with self.units_of_work.begin(partner.owner) as work:
                await act(ActionService(work), action_id, index)

    async def _plan(self) -> None:
        await self._each(
            lambda service, id_, index: service.plan(id_, Plan(CAUSES[index % 3], PLANNED_MEASURES[index % 3]))
        )

    async def _start(self) -> None:
        await self._each(lambda service, id_, _: service.start(id_))

    async def _finish(self) -> None:
        await self._each(lambda service, id_, _: service.finish(id_, Progress(PROGRESS_TEXT)))

    async def _recheck(self, action_id: UUID) -> ActionState | None:
        """The state after a re-check; None where it is too early or has too few cases."""
        try:
            async with self.units_of_work.begin(self.administrator) as work:
                return ActionState((await ActionService(work).recheck(action_id, self.engine)).state)
        except (TooEarlyToRecheck, TooFewToRecheck):
            return None

    async def _recheck_first(self) -> None:
        """Re-check all actions but one, and close all effective ones but one."""
        await rebuild_quality(self.simulation.runtime, "all")
        await self._recheck_and_close([action_id for _, action_id in self._opened[1:]])
        self._opened = []

    async def _open_improved(self) -> None:
        """Open actions for figures of two months ago that have improved since: their re-checks succeed."""
        better = {(each.partner.id, each.measure): each.value for each in await self._figures(1)}
        for figure in await self._figures(2):
            now = better.get((figure.partner.id, figure.measure), figure.value)
            if len(self._opened) < IMPROVED_ACTIONS and is_better(figure.measure, now, figure.value):
                await self._open(figure, now, before=2)

    async def _recheck_improved(self) -> None:
        await self._recheck_and_close([action_id for _, action_id in self._opened])

    async def _recheck_and_close(self, action_ids: Sequence[UUID]) -> None:
        found = [(action_id, await self._recheck(action_id)) for action_id in action_ids]
        for action_id in [action_id for action_id, state in found if state is ActionState.EFFECTIVE][1:]:
            async with self.units_of_work.begin(self.administrator) as work:
                await ActionService(work).close(action_id)

    async def _open_second(self) -> None:
        self._opened = []
        for figure in await self._figures(1):
            limit = next_limit(figure.measure, figure.value)
            if limit is not None and len(self._opened) < SECOND_MONTH_ACTIONS:
                await self._open(figure, limit)

    async def _answer_second(self) -> None:
        """Leave one action started, one planned, one unanswered."""
        for index, (partner, action_id) in enumerate(self._opened[:2]):
            async with self.units_of_work.begin(partner.owner) as work:
                await ActionService(work).plan(action_id, Plan(CAUSES[index], PLANNED_MEASURES[index]))
            if index == 0:
                async with self.units_of_work.begin(partner.owner) as work:
                    await ActionService(work).start(action_id)

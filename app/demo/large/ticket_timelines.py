"""Random timelines of one partner's tickets: older devices fail more, partners perform differently. No I/O."""

import random
from bisect import bisect
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import Final
from uuid import UUID

import msgspec

from app.agreements.sla import Impact, Urgency
from app.demo.large.report_times import next_working_time, symptom_weights
from app.demo.sample_data import COMPLAINTS, FAULTS, HELPED, PRAISE, REOPEN_REASONS, Fault
from app.demo.ticket_simulation import OPEN_ALL_HOURS
from app.desk.tickets import Channel, ConfirmedBy, VisitMode
from app.desk.tickets.replay import (
    Accepted,
    AnyStep,
    Arrived,
    Assigned,
    Cancelled,
    Confirmed,
    Connected,
    Declined,
    Departed,
    Finished,
    Noted,
    Person,
    Rated,
    Reopened,
    Replied,
    Resolved,
    TicketTimeline,
    Triaged,
)
from app.platform.kernel.actor import ActorKind
from app.platform.promises import WaitReason

_ANSWER_PERIOD: Final = timedelta(days=2)
"""Later answers do not count: the ticket has been closed automatically."""
_DAYS_OF_YEAR: Final = 365.25


class DemoDevice(msgspec.Struct, frozen=True):
    """A device and its holder."""

    id: UUID
    client_id: UUID
    reporter_id: UUID | None
    holder: str
    vip: bool
    site_id: UUID | None
    department_id: UUID | None
    category: str
    bought_on: date


class PartnerBehaviour(msgspec.Struct, frozen=True):
    """How well a partner performs: `pace` multiplies all durations, the others are shares of tickets (0 to 1)."""

    pace: float = 1.0
    slow_share: float = 0.07
    decline_share: float = 0.03
    reopen_share: float = 0.05
    satisfied_share: float = 0.9


class Staff(msgspec.Struct, frozen=True):
    """The people of one partner; engineers with their membership ids."""

    dispatcher: Person
    quality_agent: Person
    engineers: tuple[tuple[UUID, Person], ...]


class TimelineGenerator:
    """Generates timelines for one partner, up to `until`."""

    def __init__(
        self,
        staff: Staff,
        devices: Sequence[DemoDevice],
        behaviour: PartnerBehaviour,
        rng: random.Random,
        until: datetime,
    ) -> None:
        self.staff, self.devices, self.behaviour, self.until = staff, devices, behaviour, until
        self.rng = rng
        self._failure_rates = [0.5 + rng.expovariate(2) for _ in devices]
        self._weights: dict[tuple[int, int, tuple[str, ...]], tuple[list[int], list[float]]] = {}

    def timeline(self, at: datetime) -> TicketTimeline:
        """The timeline of a fault reported at `at`."""
        fault = self._fault(at)
        device = self._pick_device(fault.devices, at)
        reporter = self._reporter(device)
        by_phone = reporter is None or self.rng.random() < 0.35
        life = _TimelineBuilder(self, fault, reporter, at)
        life.begin()
        return TicketTimeline(
            client_id=device.client_id,
            subject=fault.subject,
            description=fault.description,
            symptom=fault.symptom,
            reported_at=at,
            reported_by=self.staff.dispatcher if by_phone or reporter is None else reporter,
            channel=Channel.HOT_LINE if by_phone else Channel.EMPLOYEE,
            reporter_id=device.reporter_id,
            device_id=device.id,
            site_id=device.site_id,
            department_id=device.department_id,
            contact_name=device.holder,
            vip=device.vip,
            impact=Impact(fault.impact),
            urgency=Urgency(fault.urgency),
            steps=tuple(life.steps),
        )

    def _fault(self, at: datetime) -> Fault:
        season = symptom_weights(at.month)
        return self.rng.choices(FAULTS, [season.get(fault.symptom, 1.0) for fault in FAULTS])[0]

    def _pick_device(self, categories: tuple[str, ...], at: datetime) -> DemoDevice:
        key = (at.year, at.month, categories)
        if key not in self._weights:
            day = at.date()
            weights = [self._weight(index, categories, day) for index in range(len(self.devices))]
            indexes = [index for index, weight in enumerate(weights) if weight]
            self._weights[key] = (indexes, list(accumulate(weights[index] for index in indexes)))
        indexes, sums = self._weights[key]
        if not indexes:
            return self.devices[0]
        return self.devices[indexes[min(bisect(sums, self.rng.random() * sums[-1]), len(indexes) - 1)]]

    def _weight(self, index: int, categories: tuple[str, ...], day: date) -> float:
        device = self.devices[index]
        years = (day - device.bought_on).days / _DAYS_OF_YEAR
        if device.category not in categories or years < 0:
            return 0.0
        return self._failure_rates[index] * (0.3 + 0.2 * float(years**1.3))

    def _reporter(self, device: DemoDevice) -> Person | None:
        if device.reporter_id is None:
            return None
        return Person(ActorKind.REPORTER, device.holder, client_id=device.client_id, reporter_id=device.reporter_id)


class _TimelineBuilder:
    """Builds the steps of one ticket from triage to confirmation; stops at the present."""

    def __init__(self, generator: TimelineGenerator, fault: Fault, reporter: Person | None, at: datetime) -> None:
        self.generator, self.fault, self.reporter, self.at = generator, fault, reporter, at
        self.staff, self.behaviour, self.rng = generator.staff, generator.behaviour, generator.rng
        self.steps: list[AnyStep] = []
        self.engineer_id, self.engineer = self.rng.choice(self.staff.engineers)
        self.was_reopened = False
        self.assignments = 0

    def begin(self) -> None:
        slow_share = self._happens(self.behaviour.slow_share)
        if not self._advance(60 if slow_share else 2, 300 if slow_share else 15):
            return
        self._triage()
        if self._happens(0.015) and self._advance(5, 60):
            self._add_step(Cancelled, by=self.staff.dispatcher, reason="用户自行恢复")
        elif self.fault.symptom == "account" or self._happens(0.07):
            if self._advance(4, 12):
                self._add_step(
                    Resolved,
                    by=self.staff.dispatcher,
                    work_done=self.fault.work_done,
                    work_minutes=self.rng.randint(4, 20),
                    mode=VisitMode.REMOTE if self._happens(0.3) else VisitMode.TELEPHONE,
                )
                self._client_answer()
        else:
            self._dispatch()

    def _triage(self) -> None:
        fault = self.fault
        self._add_step(
            Triaged,
            by=self.staff.dispatcher,
            service_category=fault.service_category,
            product_category=fault.product_category,
            impact=Impact(fault.impact),
            urgency=Urgency.HIGH if self._happens(0.04) else Urgency(fault.urgency),
        )

    def _dispatch(self) -> None:
        if not self._advance(2, 25):
            return
        self._assign()
        if self._happens(self.behaviour.decline_share):
            if not self._advance(3, 15):
                return
            self._add_step(Declined, by=self.engineer, reason="手上的现场走不开")
            self.engineer_id, self.engineer = self.rng.choice(self.staff.engineers)
            if not self._advance(3, 12):
                return
            self._assign()
        if not self._advance(3, 20):
            return
        self._add_step(Accepted, by=self.engineer)
        if self._happens(0.15):
            self._at_work(remotely=True)
        elif self._advance(5, 60):
            self._add_step(Departed, by=self.engineer)
            self._at_work(remotely=False)

    def _assign(self, *, beside: tuple[UUID, Person] | None = None) -> None:
        engineer_id, engineer = beside or (self.engineer_id, self.engineer)
        self.assignments += 1
        start = (self.at + timedelta(minutes=45)).replace(minute=0, second=0, microsecond=0) + timedelta(minutes=30)
        self._add_step(
            Assigned,
            by=self.staff.dispatcher,
            engineer_id=engineer_id,
            engineer_name=engineer.name,
            scheduled_start=start,
            scheduled_end=start + timedelta(minutes=90),
            beside=beside is not None,
        )

    def _with_colleague(self) -> bool:
        """A second engineer comes to help for a while; False when that lies after the present."""
        colleagues = [each for each in self.staff.engineers if each[0] != self.engineer_id]
        if not colleagues:
            return True
        colleague = self.rng.choice(colleagues)
        if not self._advance(4, 15):
            return False
        self._assign(beside=colleague)
        for kind, low, high in ((Accepted, 2, 8), (Departed, 3, 10), (Arrived, 10, 40)):
            if not self._advance(low, high):
                return False
            self._add_step(kind, by=colleague[1], visit=self.assignments)
        if not self._advance(15, 60):
            return False
        self._add_step(
            Finished,
            by=colleague[1],
            visit=self.assignments,
            work_done=HELPED,
            work_minutes=self.rng.randint(15, 60),
            travel_minutes=self.rng.randint(10, 40),
        )
        return True

    def _at_work(self, *, remotely: bool) -> None:
        if not self._advance(5, 20) if remotely else not self._advance(12, 70):
            return
        self._add_step(Connected if remotely else Arrived, by=self.engineer)
        if self._happens(0.12):
            self._leave()
            return
        if not remotely and self._happens(0.04) and not self._with_colleague():
            return
        if self.reporter is not None and self._happens(0.05) and self._advance(2, 10):
            self._add_step(Replied, by=self.reporter, text="请问还要多久?")
        if not self._advance(self.fault.minutes * 0.7, self.fault.minutes * 1.6):
            return
        minutes = max(5, int(self.fault.minutes * self.rng.uniform(0.7, 1.4)))
        fault = self.fault
        self._add_step(Resolved, by=self.engineer, work_done=fault.work_done, cause=fault.cause, work_minutes=minutes)
        self._client_answer()

    def _leave(self) -> None:
        """The visit ends without a solution; somebody goes again when the waiting is over."""
        if not self._advance(10, 25):
            return
        for_client = self._happens(0.5)
        reason = WaitReason.CLIENT if for_client else WaitReason.PART
        note = "使用人外出,约好稍后处理" if for_client else "配件调拨中"
        self._add_step(
            Finished,
            by=self.engineer,
            work_done=note,
            work_minutes=self.rng.randint(10, 25),
            travel_minutes=self.rng.randint(10, 60),
            waiting_for=reason,
        )
        if self._advance(60, 500 if for_client else 2_500):
            self._dispatch()

    def _client_answer(self) -> None:
        resolved_at = self.at
        if not self.was_reopened and self._happens(self.behaviour.reopen_share):
            self.was_reopened = True
            if self._advance(30, 300) and self.at - resolved_at <= _ANSWER_PERIOD:
                self._add_step(Reopened, by=self.reporter or self.staff.dispatcher, reason=self._choose(REOPEN_REASONS))
                if self._advance(5, 40):
                    self._add_step(Noted, by=self.staff.dispatcher, text="返修,优先安排")
                    self._dispatch()
        elif self._happens(0.8) and self._advance(5, 240) and self.at - resolved_at <= _ANSWER_PERIOD:
            if self.reporter is not None:
                self._add_step(Confirmed, by=self.reporter, how=ConfirmedBy.REPORTER)
                self._rate(self.reporter)
            else:
                self._add_step(Confirmed, by=self.staff.quality_agent, how=ConfirmedBy.CALL_BACK)

    def _rate(self, reporter: Person) -> None:
        if not self._happens(0.7):
            return
        satisfied = self._happens(self.behaviour.satisfied_share)
        score = self.rng.choices((5, 4), (4, 1))[0] if satisfied else self.rng.choices((3, 2, 1), (3, 2, 1))[0]
        self._add_step(Rated, by=reporter, score=score, comment=self._choose(PRAISE if satisfied else COMPLAINTS))

    def _advance(self, low: float, high: float) -> bool:
        """Advance by `low` to `high` minutes, moved to working hours; False when that lies after `until`."""
        at = self.at + timedelta(minutes=self.rng.uniform(low, high) * self.behaviour.pace)
        if at < self.generator.until - OPEN_ALL_HOURS:
            at = next_working_time(at, self.rng)
        self.at = at
        return at <= self.generator.until

    def _add_step(self, kind: type[AnyStep], *, by: Person, **fields: object) -> None:
        self.steps.append(kind(at=self.at, by=by, **fields))  # type: ignore[arg-type]  # each step's own fields

    def _happens(self, share: float) -> bool:
        return self.rng.random() < share

    def _choose(self, words: Sequence[str]) -> str:
        return self.rng.choice(words)

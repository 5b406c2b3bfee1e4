"""Random timelines of one partner's tickets: older devices fail more, partners perform differently. No I/O."""

import random
from bisect import bisect
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import Final
from uuid import UUID

import msgspec

from app.demo.cast import COMPLAINTS, FAULTS, PRAISE, REOPEN_REASONS, Fault
from app.demo.daily_work import AWAKE
from app.demo.large.rhythm import symptoms_of, within_hours
from app.kernel.actor import ActorKind
from app.sla import Impact, Urgency, WaitReason
from app.tickets import Channel, ConfirmedBy
from app.tickets.replay import (
    Accepted,
    AnyStep,
    Arrived,
    Assigned,
    Cancelled,
    Confirmed,
    Connected,
    Declined,
    Departed,
    Noted,
    Person,
    Rated,
    Reopened,
    Replied,
    Resolved,
    TicketCourse,
    Triaged,
    WaitBegun,
    WaitEnded,
)

_ANSWERED_WITHIN: Final = timedelta(days=2)
"""Later answers do not count: the ticket has been closed automatically."""
_DAYS_OF_YEAR: Final = 365.25


class Machine(msgspec.Struct, frozen=True):
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


class Temper(msgspec.Struct, frozen=True):
    """How well a partner performs: `pace` multiplies all durations, the others are shares of tickets (0 to 1)."""

    pace: float = 1.0
    slow: float = 0.07
    declines: float = 0.03
    comes_back: float = 0.05
    pleased: float = 0.9


class Staff(msgspec.Struct, frozen=True):
    """The people of one partner; engineers with their membership ids."""

    dispatcher: Person
    quality_agent: Person
    engineers: tuple[tuple[UUID, Person], ...]


class Lives:
    """Generates timelines for one partner, up to `until`."""

    def __init__(
        self, staff: Staff, machines: Sequence[Machine], temper: Temper, randomness: random.Random, until: datetime
    ) -> None:
        self.staff, self.machines, self.temper, self.until = staff, machines, temper, until
        self.randomness = randomness
        self._lemons = [0.5 + randomness.expovariate(2) for _ in machines]
        self._weights: dict[tuple[int, int, tuple[str, ...]], tuple[list[int], list[float]]] = {}

    def course(self, at: datetime) -> TicketCourse:
        """The timeline of a fault reported at `at`."""
        fault = self._fault(at)
        machine = self._machine(fault.devices, at)
        reporter = self._reporter(machine)
        by_phone = reporter is None or self.randomness.random() < 0.35
        life = _Life(self, fault, reporter, at)
        life.begin()
        return TicketCourse(
            client_id=machine.client_id,
            subject=fault.subject,
            description=fault.description,
            symptom=fault.symptom,
            reported_at=at,
            reported_by=self.staff.dispatcher if by_phone or reporter is None else reporter,
            channel=Channel.HOT_LINE if by_phone else Channel.EMPLOYEE,
            reporter_id=machine.reporter_id,
            device_id=machine.id,
            site_id=machine.site_id,
            department_id=machine.department_id,
            contact_name=machine.holder,
            vip=machine.vip,
            impact=Impact(fault.impact),
            urgency=Urgency(fault.urgency),
            steps=tuple(life.steps),
        )

    def _fault(self, at: datetime) -> Fault:
        season = symptoms_of(at.month)
        return self.randomness.choices(FAULTS, [season.get(fault.symptom, 1.0) for fault in FAULTS])[0]

    def _machine(self, categories: tuple[str, ...], at: datetime) -> Machine:
        key = (at.year, at.month, categories)
        if key not in self._weights:
            day = at.date()
            weights = [self._weight(place, categories, day) for place in range(len(self.machines))]
            places = [place for place, weight in enumerate(weights) if weight]
            self._weights[key] = (places, list(accumulate(weights[place] for place in places)))
        places, sums = self._weights[key]
        if not places:
            return self.machines[0]
        return self.machines[places[min(bisect(sums, self.randomness.random() * sums[-1]), len(places) - 1)]]

    def _weight(self, place: int, categories: tuple[str, ...], day: date) -> float:
        machine = self.machines[place]
        years = (day - machine.bought_on).days / _DAYS_OF_YEAR
        if machine.category not in categories or years < 0:
            return 0.0
        return self._lemons[place] * (0.3 + 0.2 * float(years**1.3))

    def _reporter(self, machine: Machine) -> Person | None:
        if machine.reporter_id is None:
            return None
        return Person(ActorKind.REPORTER, machine.holder, client_id=machine.client_id, reporter_id=machine.reporter_id)


class _Life:
    """Builds the steps of one ticket from triage to confirmation; stops at the present."""

    def __init__(self, lives: Lives, fault: Fault, reporter: Person | None, at: datetime) -> None:
        self.lives, self.fault, self.reporter, self.at = lives, fault, reporter, at
        self.staff, self.temper, self.randomness = lives.staff, lives.temper, lives.randomness
        self.steps: list[AnyStep] = []
        self.engineer_id, self.engineer = self.randomness.choice(self.staff.engineers)
        self.came_back = False

    def begin(self) -> None:
        slow = self._chance(self.temper.slow)
        if not self._later(60 if slow else 2, 300 if slow else 15):
            return
        self._triage()
        if self._chance(0.015) and self._later(5, 60):
            self._do(Cancelled, by=self.staff.dispatcher, reason="用户自行恢复")
        elif self.fault.symptom == "account" or self._chance(0.07):
            if self._later(4, 12):
                self._do(Resolved, by=self.staff.dispatcher, work_done=self.fault.work_done, work_minutes=10)
                self._answered()
        else:
            self._sent()

    def _triage(self) -> None:
        fault = self.fault
        self._do(
            Triaged,
            by=self.staff.dispatcher,
            service_category=fault.service_category,
            product_category=fault.product_category,
            impact=Impact(fault.impact),
            urgency=Urgency.HIGH if self._chance(0.04) else Urgency(fault.urgency),
        )

    def _sent(self) -> None:
        if not self._later(2, 25):
            return
        self._assign()
        if self._chance(self.temper.declines):
            if not self._later(3, 15):
                return
            self._do(Declined, by=self.engineer, reason="手上的现场走不开")
            self.engineer_id, self.engineer = self.randomness.choice(self.staff.engineers)
            if not self._later(3, 12):
                return
            self._assign()
        if not self._later(3, 20):
            return
        self._do(Accepted, by=self.engineer)
        if self._chance(0.15):
            self._at_work(remotely=True)
        elif self._later(5, 60):
            self._do(Departed, by=self.engineer)
            self._at_work(remotely=False)

    def _assign(self) -> None:
        start = (self.at + timedelta(minutes=45)).replace(minute=0, second=0, microsecond=0) + timedelta(minutes=30)
        self._do(
            Assigned,
            by=self.staff.dispatcher,
            engineer_id=self.engineer_id,
            engineer_name=self.engineer.name,
            scheduled_start=start,
            scheduled_end=start + timedelta(minutes=90),
        )

    def _at_work(self, *, remotely: bool) -> None:
        if not self._later(5, 20) if remotely else not self._later(12, 70):
            return
        self._do(Connected if remotely else Arrived, by=self.engineer)
        if self._chance(0.12) and not self._waited():
            return
        if self.reporter is not None and self._chance(0.05) and self._later(2, 10):
            self._do(Replied, by=self.reporter, text="请问还要多久?")
        if not self._later(self.fault.minutes * 0.7, self.fault.minutes * 1.6):
            return
        minutes = max(5, int(self.fault.minutes * self.randomness.uniform(0.7, 1.4)))
        fault = self.fault
        self._do(Resolved, by=self.engineer, work_done=fault.work_done, cause=fault.cause, work_minutes=minutes)
        self._answered()

    def _waited(self) -> bool:
        if not self._later(10, 25):
            return False
        for_client = self._chance(0.5)
        reason = WaitReason.CLIENT if for_client else WaitReason.PART
        note = "使用人外出,约好稍后处理" if for_client else "配件调拨中"
        self._do(WaitBegun, by=self.engineer, reason=reason, note=note)
        if not self._later(60, 500 if for_client else 2_500):
            return False
        self._do(WaitEnded, by=self.engineer)
        return True

    def _answered(self) -> None:
        resolved_at = self.at
        if not self.came_back and self._chance(self.temper.comes_back):
            self.came_back = True
            if self._later(30, 300) and self.at - resolved_at <= _ANSWERED_WITHIN:
                self._do(Reopened, by=self.reporter or self.staff.dispatcher, reason=self._one_of(REOPEN_REASONS))
                if self._later(5, 40):
                    self._do(Noted, by=self.staff.dispatcher, text="返修,优先安排")
                    self._sent()
        elif self._chance(0.8) and self._later(5, 240) and self.at - resolved_at <= _ANSWERED_WITHIN:
            if self.reporter is not None:
                self._do(Confirmed, by=self.reporter, how=ConfirmedBy.REPORTER)
                self._rate(self.reporter)
            else:
                self._do(Confirmed, by=self.staff.quality_agent, how=ConfirmedBy.CALL_BACK)

    def _rate(self, reporter: Person) -> None:
        if not self._chance(0.7):
            return
        pleased = self._chance(self.temper.pleased)
        score = (
            self.randomness.choices((5, 4), (4, 1))[0] if pleased else self.randomness.choices((3, 2, 1), (3, 2, 1))[0]
        )
        self._do(Rated, by=reporter, score=score, comment=self._one_of(PRAISE if pleased else COMPLAINTS))

    def _later(self, low: float, high: float) -> bool:
        """Advance by `low` to `high` minutes, moved to working hours; False when that lies after `until`."""
        at = self.at + timedelta(minutes=self.randomness.uniform(low, high) * self.temper.pace)
        if at < self.lives.until - AWAKE:
            at = within_hours(at, self.randomness)
        self.at = at
        return at <= self.lives.until

    def _do(self, kind: type[AnyStep], *, by: Person, **told: object) -> None:
        self.steps.append(kind(at=self.at, by=by, **told))  # type: ignore[arg-type]  # each step's own fields

    def _chance(self, share: float) -> bool:
        return self.randomness.random() < share

    def _one_of(self, words: Sequence[str]) -> str:
        return self.randomness.choice(words)

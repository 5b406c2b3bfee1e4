"""One running measurement of one promised time. [S3 of the features]

A `Clock` is a value; every operation returns a new one and leaves the old as it was. Its truth is
the ledger: intervals that follow one another, each running or paused, each closed once with the
service seconds that it held and never touched again. What `recompute` finds when it measures the past
anew stands in an interval of its own.

The rules that are easily got wrong:

- Elapsed time equal to the target is in time. A clock is late from the first service second
  beyond its target (`late_at`), which after a window filled to its close comes with the next
  opening, although the clock was due at the close (`due_at`).
- While paused there is no due time, only what remains.
- Time between stopping and reopening is in no interval: it does not count.
- A change of target keeps what has elapsed. A target already used up at the change is late from
  the change. A breach stays a breach, whatever changes afterwards.

Times are aware; they are taken to the whole second. Operations must come in the order of time.
"""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from app.platform.kernel.state_machine import StateMachine, transition
from app.platform.promises.calendar import ServiceCalendar
from app.platform.promises.errors import ClockOutOfOrder, ClockRefused
from app.platform.promises.service_time import add_service_time, service_seconds_between, whole_second


class WaitReason(StrEnum):
    """What a record waits for; `CLIENT` is information or access, `APPROVAL` the client's approval."""

    CLIENT = "client"
    APPROVAL = "approval"
    PART = "part"
    VENDOR = "vendor"


class ClockState(StrEnum):
    """What people see. A breached clock may still be counting; `phase` tells."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    BREACHED = "breached"
    CANCELLED = "cancelled"


class Phase(StrEnum):
    """What a clock is doing, whether in time or late."""

    COUNTING = "counting"
    PAUSED = "paused"
    STOPPED = "stopped"
    CANCELLED = "cancelled"


class Operation(StrEnum):
    """What can be done to a clock."""

    PAUSE = "pause"
    RESUME = "resume"
    MEET = "meet"
    CANCEL = "cancel"
    CHANGE_TARGET = "change_target"
    RECOMPUTE = "recompute"
    REOPEN = "reopen"
    RENEW = "renew"


_OPEN = {Phase.COUNTING, Phase.PAUSED}

CLOCK: Final = StateMachine(
    record="clock",
    columns=("clock.state", "promise.state"),
    states=Phase,
    started=frozenset(_OPEN),
    moves={
        Operation.PAUSE: transition(_OPEN, Phase.PAUSED),  # in a pause: the reason changes
        Operation.RESUME: transition({Phase.PAUSED}, Phase.COUNTING),
        Operation.MEET: transition(_OPEN, Phase.STOPPED),
        Operation.CANCEL: transition(_OPEN, Phase.CANCELLED),
        Operation.CHANGE_TARGET: transition(_OPEN, Phase.COUNTING, Phase.PAUSED),
        Operation.RECOMPUTE: transition(_OPEN, Phase.COUNTING, Phase.PAUSED),
        Operation.REOPEN: transition({Phase.STOPPED}, Phase.COUNTING),
        Operation.RENEW: transition({Phase.CANCELLED}, Phase.COUNTING, Phase.PAUSED),
    },
    refusal=ClockRefused,
)
"""The phases in which each operation is allowed. The column keeps what people see, `ClockState`: a stopped clock is met
or breached, and one that is late is breached while it still counts. A new target lets a clock go on in its phase."""


class Target(msgspec.Struct, frozen=True):
    """A promised time: whole seconds by a calendar, or of elapsed time where that is None."""

    seconds: int
    calendar: ServiceCalendar | None = None


class Interval(msgspec.Struct, frozen=True):
    """One stretch of the ledger, [started_at, ended_at) in UTC.

    It is a pause where it has a `waiting_for`, else it runs. `seconds` are the service seconds that it charged to the
    target, by the calendar that held then: none for a pause. `ended_at` is None while it is open. One that ends
    where it starts corrects what those before it charged, by seconds that may be below zero.
    """

    started_at: datetime
    waiting_for: WaitReason | None = None
    ended_at: datetime | None = None
    seconds: int = 0

    @property
    def is_paused(self) -> bool:
        """Whether the interval is a pause."""
        return self.waiting_for is not None


class Clock(msgspec.Struct, frozen=True):
    """The state of one promised time, immutable. Begin one with `start_clock`."""

    target: Target
    ledger: tuple[Interval, ...]
    stopped_at: datetime | None = None
    """When the promised thing was done, in time or late."""
    cancelled_at: datetime | None = None
    breached_at: datetime | None = None
    """The first second beyond the target, or the change that found the target used up."""

    @property
    def phase(self) -> Phase:
        """What the clock is doing."""
        if self.cancelled_at is not None:
            return Phase.CANCELLED
        if self.stopped_at is not None:
            return Phase.STOPPED
        return Phase.PAUSED if self.ledger[-1].is_paused else Phase.COUNTING

    @property
    def state(self) -> ClockState:
        """What people see, as far as recorded: `observed` records a breach that has come since."""
        if self.breached_at is not None:
            return ClockState.BREACHED
        match self.phase:
            case Phase.COUNTING:
                return ClockState.RUNNING
            case Phase.PAUSED:
                return ClockState.PAUSED
            case Phase.STOPPED:
                return ClockState.MET
            case Phase.CANCELLED:
                return ClockState.CANCELLED

    @property
    def counted_seconds(self) -> int:
        """Service seconds charged to the target by the closed intervals."""
        return sum(each.seconds for each in self.ledger)

    def elapsed_seconds(self, now: datetime) -> int:
        """Service seconds charged to the target up to `now` (not before the last operation)."""
        if self.phase is not Phase.COUNTING:
            return self.counted_seconds
        return self.counted_seconds + self._measure(self.ledger[-1].started_at, now)

    def remaining_seconds(self, now: datetime) -> int:
        """Service seconds left; below zero by as much as the clock is late."""
        return self.target.seconds - self.elapsed_seconds(now)

    def share_at(self, now: datetime) -> float:
        """Elapsed share of the target, 1.0 when it is used up, above when late. For showing."""
        elapsed = self.elapsed_seconds(now)
        return elapsed / self.target.seconds if self.target.seconds else 1.0

    @property
    def due_at(self) -> datetime | None:
        """When the target is used up, UTC; None while nothing counts.

        A clock that was late before it last began to count has been due since `breached_at`.
        """
        if self.phase is not Phase.COUNTING:
            return None
        remaining = self.target.seconds - self.counted_seconds
        if remaining < 0:
            return self.breached_at
        return add_service_time(self.target.calendar, self.ledger[-1].started_at, remaining)

    @property
    def late_at(self) -> datetime | None:
        """The first second beyond the target: what a sweep waits for. None while nothing counts."""
        if self.phase is not Phase.COUNTING:
            return None
        if self.breached_at is not None:
            return self.breached_at
        beyond = self.target.seconds - self.counted_seconds + 1
        return add_service_time(self.target.calendar, self.ledger[-1].started_at, beyond)

    def threshold_at(self, percent: int, *, while_waiting: bool = False) -> datetime | None:
        """When `percent` of the target will have elapsed, see `reached_at`."""
        needed = -(-self.target.seconds * percent // 100)
        return self.reached_at(needed, while_waiting=while_waiting)

    def reached_at(self, seconds: int, *, while_waiting: bool = False) -> datetime | None:
        """When `seconds` will have elapsed on this clock, UTC, for escalation.

        What was reached before the present interval answers with that interval's start: due at
        once; who was told already is the caller's record. With `while_waiting` pauses count as if
        the clock had run. None while nothing counts.
        """
        phase = self.phase
        if phase is not Phase.COUNTING and not (while_waiting and phase is Phase.PAUSED):
            return None
        passed = self.counted_seconds
        if while_waiting:
            passed += sum(
                self._measure(each.started_at, each.ended_at)
                for each in self.ledger
                if each.is_paused and each.ended_at
            )
        start = self.ledger[-1].started_at
        return add_service_time(self.target.calendar, start, max(0, seconds - passed))

    def observed(self, now: datetime) -> "Clock":
        """This clock with the breach recorded, if one has come by `now`."""
        if self.breached_at is not None or self.phase is not Phase.COUNTING:
            return self
        if self.elapsed_seconds(now) <= self.target.seconds:
            return self
        return msgspec.structs.replace(self, breached_at=self.late_at)

    def pause(self, reason: WaitReason, at: datetime) -> "Clock":
        """Stop counting until resumed; in a pause, go on waiting for another reason."""
        self._require(Operation.PAUSE, at)
        return self._next_interval(at, reason)

    def resume(self, at: datetime) -> "Clock":
        """Go on counting after a pause."""
        self._require(Operation.RESUME, at)
        return self._next_interval(at, None)

    def meet(self, at: datetime) -> "Clock":
        """What was promised is done: `met` if no more than the target has elapsed."""
        self._require(Operation.MEET, at)
        return msgspec.structs.replace(self._closed(at), stopped_at=_to_the_second(at))

    def cancel(self, at: datetime) -> "Clock":
        """Stop measuring without a result; a breach so far stays one."""
        self._require(Operation.CANCEL, at)
        return msgspec.structs.replace(self._closed(at), cancelled_at=_to_the_second(at))

    def reopen(self, at: datetime) -> "Clock":
        """Go on counting after it was stopped; the time in between is in no interval."""
        self._require(Operation.REOPEN, at)
        interval = Interval(_to_the_second(at))
        return msgspec.structs.replace(self, stopped_at=None, ledger=(*self.ledger, interval))

    def renew(self, target: Target, at: datetime, waiting_for: WaitReason | None = None) -> "Clock":
        """Promised again after it was cancelled; what had elapsed is kept, the time in between is in no interval."""
        self._require(Operation.RENEW, at)
        return _continued(msgspec.structs.replace(self, cancelled_at=None), target, at, waiting_for)

    def change_target(self, target: Target, at: datetime) -> "Clock":
        """Another priority from now on; what has elapsed is kept."""
        self._require(Operation.CHANGE_TARGET, at)
        return _continued(self._closed(at), target, at, self.ledger[-1].waiting_for)

    def recompute(self, target: Target, at: datetime) -> "Clock":
        """As if `target` and its calendar had held all along: the whole ledger measured anew.

        For running clocks when a policy, a calendar or the client's assignment changes. The
        intervals stay as they were closed; an interval without length carries the difference. A
        breach that was recorded stays one.
        """
        self._require(Operation.RECOMPUTE, at)
        closed, moment = self._closed(at), _to_the_second(at)
        anew = sum(
            service_seconds_between(target.calendar, each.started_at, each.ended_at or each.started_at)
            for each in closed.ledger
            if not each.is_paused
        )
        correction = anew - closed.counted_seconds
        ledger = closed.ledger
        if correction:
            ledger = (*ledger, Interval(moment, ended_at=moment, seconds=correction))
        measured = msgspec.structs.replace(closed, ledger=ledger)
        return _continued(measured, target, at, self.ledger[-1].waiting_for)

    def _next_interval(self, at: datetime, waiting_for: WaitReason | None) -> "Clock":
        interval = Interval(_to_the_second(at), waiting_for)
        closed = self._closed(at)
        return msgspec.structs.replace(closed, ledger=(*closed.ledger, interval))

    def _closed(self, at: datetime) -> "Clock":
        """The breach, if any, recorded and the open interval closed."""
        judged = self.observed(at)
        last = self.ledger[-1]
        seconds = 0 if last.is_paused else self._measure(last.started_at, at)
        closed = msgspec.structs.replace(last, ended_at=_to_the_second(at), seconds=seconds)
        return msgspec.structs.replace(judged, ledger=(*self.ledger[:-1], closed))

    def _measure(self, start: datetime, end: datetime) -> int:
        return service_seconds_between(self.target.calendar, start, end)

    def _require(self, operation: Operation, at: datetime) -> None:
        """Refuse an operation that the phase does not allow or that comes too early."""
        CLOCK.require(operation, self.phase)
        last = self.stopped_at or self.cancelled_at or self.ledger[-1].started_at
        if whole_second(at) < whole_second(last):
            raise ClockOutOfOrder(at, last)


def start_clock(target: Target, at: datetime, waiting_for: WaitReason | None = None) -> Clock:
    """Begin to count, or begin paused where its record waits from the start."""
    return Clock(target, (Interval(_to_the_second(at), waiting_for),))


def _continued(closed: Clock, target: Target, at: datetime, waiting_for: WaitReason | None) -> Clock:
    """A clock just closed, going on under `target`: late from `at` if that is used up already."""
    moment = _to_the_second(at)
    late = closed.breached_at is None and closed.counted_seconds > target.seconds
    return msgspec.structs.replace(
        closed,
        target=target,
        ledger=(*closed.ledger, Interval(moment, waiting_for)),
        breached_at=moment if late else closed.breached_at,
    )


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _to_the_second(moment: datetime) -> datetime:
    """The whole second of an aware time, UTC."""
    return _EPOCH + timedelta(seconds=whole_second(moment))

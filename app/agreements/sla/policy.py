"""An SLA policy as one document: promises, escalation, pauses, priority matrix. [S2 and S4 of the features]

A document is a value that a contract keeps as it was signed. `problems()` lists what must be put
right before it may be used; the other methods expect documents without problems.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Annotated

import msgspec

from app.agreements.sla.vocabulary import (
    MEASURED_TARGETS,
    SENDING_CHANNELS,
    EscalationChannel,
    Impact,
    Priority,
    TargetKind,
    TimeBasis,
    Urgency,
)
from app.platform.kernel.input_text import Input, Line
from app.platform.promises import DocumentProblem, ServiceCalendar, Target, Threshold, WaitReason

_LONGEST_TARGET_SECONDS = 366 * 86_400
_ESCALATION_LEVELS = range(1, 4)
_LARGEST_PERCENT = 1_000


class Promise(msgspec.Struct, frozen=True):
    """One promised time of one priority, in seconds.

    `calendar` replaces the contract's calendar for this target alone (response around the clock,
    arrival in office hours); it has no place beside elapsed time.
    """

    kind: TargetKind
    seconds: int
    basis: TimeBasis = TimeBasis.BUSINESS
    calendar: ServiceCalendar | None = None


class EscalationStep(Threshold, frozen=True):
    """When a level is notified of a target, and through which channels. [S2 §1.1.5.2.3]

    `level` is 1 technical or project manager, 2 delivery manager, 3 general manager. Without `kinds` it watches every
    target.
    """

    level: int
    channels: Annotated[tuple[EscalationChannel, ...], msgspec.Meta(max_length=len(EscalationChannel))]
    kinds: Annotated[tuple[TargetKind, ...], msgspec.Meta(max_length=len(TargetKind))] = ()

    @property
    def name(self) -> str:
        """`50%/1`: half of the target, level 1; `1800s/2`: after half an hour, level 2."""
        return f"{super().name}/{self.level}"


class PriorityTerms(msgspec.Struct, frozen=True):
    """What holds for one priority; a kind without a promise has no clock."""

    priority: Priority
    promises: Annotated[tuple[Promise, ...], msgspec.Meta(max_length=len(TargetKind))]
    escalation: Annotated[tuple[EscalationStep, ...], msgspec.Meta(max_length=40)] = ()


class PauseRule(msgspec.Struct, frozen=True):
    """Which targets are paused while the ticket waits for `reason`."""

    reason: WaitReason
    pauses: Annotated[tuple[TargetKind, ...], msgspec.Meta(max_length=len(TargetKind))]


DEFAULT_PAUSE_RULES = (
    PauseRule(WaitReason.CLIENT, (TargetKind.ARRIVAL, TargetKind.RESOLUTION)),
    PauseRule(WaitReason.APPROVAL, (TargetKind.ARRIVAL, TargetKind.RESOLUTION)),
)
"""Waiting for the client pauses arrival and resolution, not response; waiting for a part or a
vendor pauses only what a policy names."""


class PriorityRule(msgspec.Struct, frozen=True):
    """One cell of the priority matrix."""

    impact: Impact
    urgency: Urgency
    priority: Priority


def priority_matrix(
    *rows: tuple[Priority, Priority, Priority],
) -> tuple[PriorityRule, ...]:
    """The cells of a matrix given by rows of impact, high first, and columns of urgency."""
    return tuple(
        PriorityRule(impact, urgency, priority)
        for impact, row in zip(Impact, rows, strict=True)
        for urgency, priority in zip(Urgency, row, strict=True)
    )


DEFAULT_MATRIX = priority_matrix(
    (Priority.P1, Priority.P1, Priority.P2),
    (Priority.P1, Priority.P2, Priority.P3),
    (Priority.P2, Priority.P3, Priority.P4),
)


class SlaPolicyDocument(Input, frozen=True):
    """Promises and escalation by priority, priority matrix, pause rules, promised attainment."""

    name: Line
    terms: Annotated[tuple[PriorityTerms, ...], msgspec.Meta(max_length=len(Priority))]
    matrix: Annotated[tuple[PriorityRule, ...], msgspec.Meta(max_length=len(Impact) * len(Urgency))] = DEFAULT_MATRIX
    pause_rules: Annotated[tuple[PauseRule, ...], msgspec.Meta(max_length=len(WaitReason))] = DEFAULT_PAUSE_RULES
    attainment_percent: float = 95.0
    """Share of targets to be kept per month."""

    def priority_of(self, impact: Impact, urgency: Urgency) -> Priority:
        """The priority that the matrix gives."""
        return next(rule.priority for rule in self.matrix if rule.impact is impact and rule.urgency is urgency)

    def terms_of(self, priority: Priority) -> PriorityTerms:
        """What holds for one priority."""
        return next(each for each in self.terms if each.priority is priority)

    def targets_of(self, priority: Priority, contract_calendar: ServiceCalendar) -> dict[TargetKind, Target]:
        """The targets to start clocks with, in the hours of each promise or else the contract's."""
        return {
            promise.kind: Target(
                promise.seconds,
                None if promise.basis is TimeBasis.ELAPSED else promise.calendar or contract_calendar,
            )
            for promise in self.terms_of(priority).promises
        }

    def pauses_of(self, kind: TargetKind) -> frozenset[WaitReason]:
        """What pauses the target when it is waited for."""
        return frozenset(rule.reason for rule in self.pause_rules if kind in rule.pauses)

    def escalation_of(self, priority: Priority, kind: TargetKind) -> tuple[EscalationStep, ...]:
        """The steps that watch one target of one priority."""
        return tuple(step for step in self.terms_of(priority).escalation if not step.kinds or kind in step.kinds)

    def problems(self) -> tuple[DocumentProblem, ...]:
        """Everything that must be put right before this policy can be used."""
        return tuple(self._problems())

    def _problems(self) -> Iterator[DocumentProblem]:
        if not self.name.strip():
            yield DocumentProblem("name_missing", "name")
        if not 0 < self.attainment_percent <= 100:
            yield DocumentProblem("attainment_out_of_range", "attainment_percent")
        yield from _matrix_problems(self.matrix)
        for priority in _duplicates(each.priority for each in self.terms):
            yield DocumentProblem("priority_twice", "terms", {"priority": priority})
        for priority in Priority:
            if all(each.priority is not priority for each in self.terms):
                yield DocumentProblem("priority_missing", "terms", {"priority": priority})
        for index, terms in enumerate(self.terms):
            for problem in _terms_problems(terms):
                yield problem.under(f"terms[{index}]")
        yield from _pause_problems(self.pause_rules)


def _duplicates(keys: Iterable[str]) -> list[str]:
    return [key for key, times in Counter(keys).items() if times > 1]


def _matrix_problems(matrix: tuple[PriorityRule, ...]) -> Iterator[DocumentProblem]:
    cells = Counter((rule.impact, rule.urgency) for rule in matrix)
    for impact in Impact:
        for urgency in Urgency:
            times = cells[impact, urgency]
            if times != 1:
                code = "matrix_cell_twice" if times else "matrix_cell_missing"
                yield DocumentProblem(code, "matrix", {"impact": impact, "urgency": urgency})


def _terms_problems(terms: PriorityTerms) -> Iterator[DocumentProblem]:
    if not terms.promises:
        yield DocumentProblem("promises_missing", "promises", {"priority": terms.priority})
    for kind in _duplicates(promise.kind for promise in terms.promises):
        yield DocumentProblem("promise_twice", "promises", {"kind": kind})
    for index, promise in enumerate(terms.promises):
        path = f"promises[{index}]"
        if promise.kind not in MEASURED_TARGETS:
            yield DocumentProblem("target_not_measured", f"{path}.kind", {"kind": promise.kind})
        if not 0 < promise.seconds <= _LONGEST_TARGET_SECONDS:
            parameters = {"seconds": promise.seconds, "most": _LONGEST_TARGET_SECONDS}
            yield DocumentProblem("seconds_out_of_range", f"{path}.seconds", parameters)
        if promise.calendar is not None:
            if promise.basis is TimeBasis.ELAPSED:
                yield DocumentProblem("calendar_beside_elapsed_time", f"{path}.calendar")
            for problem in promise.calendar.problems():
                yield problem.under(f"{path}.calendar")
    promised = {promise.kind for promise in terms.promises}
    for index, step in enumerate(terms.escalation):
        yield from _step_problems(step, f"escalation[{index}]", promised)
    if len(set(terms.escalation)) < len(terms.escalation):
        yield DocumentProblem("escalation_twice", "escalation")


def _step_problems(step: EscalationStep, path: str, promised: set[TargetKind]) -> Iterator[DocumentProblem]:
    if step.level not in _ESCALATION_LEVELS:
        yield DocumentProblem("escalation_level_unknown", f"{path}.level", {"level": step.level})
    if not step.channels:
        yield DocumentProblem("channels_missing", f"{path}.channels")
    for channel in step.channels:
        if channel not in SENDING_CHANNELS:
            yield DocumentProblem("channel_not_sending", f"{path}.channels", {"channel": channel})
    if (step.at_percent is None) == (step.after_seconds is None):
        yield DocumentProblem("escalation_needs_share_or_time", path)
    if step.at_percent is not None and not 0 < step.at_percent <= _LARGEST_PERCENT:
        yield DocumentProblem("percent_out_of_range", f"{path}.at_percent", {"most": _LARGEST_PERCENT})
    if step.after_seconds is not None and not 0 < step.after_seconds <= _LONGEST_TARGET_SECONDS:
        parameters = {"seconds": step.after_seconds, "most": _LONGEST_TARGET_SECONDS}
        yield DocumentProblem("seconds_out_of_range", f"{path}.after_seconds", parameters)
    for kind in step.kinds:
        if kind not in promised:
            yield DocumentProblem("escalation_without_promise", f"{path}.kinds", {"kind": kind})


def _pause_problems(rules: tuple[PauseRule, ...]) -> Iterator[DocumentProblem]:
    for reason in _duplicates(rule.reason for rule in rules):
        yield DocumentProblem("pause_rule_twice", "pause_rules", {"reason": reason})
    for index, rule in enumerate(rules):
        of_client = rule.reason in {WaitReason.CLIENT, WaitReason.APPROVAL}
        if of_client and TargetKind.RESPONSE in rule.pauses:
            yield DocumentProblem("client_never_pauses_response", f"pause_rules[{index}]")
        for kind in rule.pauses:
            if kind not in MEASURED_TARGETS:
                yield DocumentProblem("target_not_measured", f"pause_rules[{index}].pauses", {"kind": kind})

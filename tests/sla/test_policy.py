"""What a policy promises, and what it must not say (S2, S4)."""

import re
from pathlib import Path

import msgspec
import pytest

import app.agreements.sla
from app.agreements.sla import (
    CALENDAR_TEMPLATES,
    POLICY_TEMPLATES,
    PROBLEM_TEXTS,
    EscalationChannel,
    Impact,
    Priority,
    SlaPolicyDocument,
    TargetKind,
    TimeBasis,
    Urgency,
)
from app.agreements.sla.policy import DEFAULT_MATRIX, EscalationStep, PauseRule, PriorityTerms, Promise
from app.agreements.sla.starter_templates import PolicyTemplate
from app.platform.promises import (
    DateException,
    DayKind,
    HolidayEntry,
    HolidayTable,
    InvalidDocument,
    ServiceCalendar,
    Target,
    WaitReason,
    Week,
    Window,
    add_service_time,
)
from tests.promises.moments import shanghai

CALENDARS = {template.code: template.calendar for template in CALENDAR_TEMPLATES}
POLICIES = {template.code: template.policy for template in POLICY_TEMPLATES}
OFFICE = CALENDARS["five_by_eight_lunch"]
HOUR = 3_600

STEP = EscalationStep(level=1, channels=(EscalationChannel.IN_APP,), at_percent=50)
TERMS = tuple(PriorityTerms(each, (Promise(TargetKind.RESPONSE, 900),), (STEP,)) for each in Priority)
POLICY = SlaPolicyDocument("标准", TERMS)


def codes(document: SlaPolicyDocument | ServiceCalendar) -> set[str]:
    return {problem.code for problem in document.problems()}


def with_promise(promise: Promise) -> SlaPolicyDocument:
    return SlaPolicyDocument("标准", (PriorityTerms(Priority.P1, (promise,)), *TERMS[1:]))


def with_step(step: EscalationStep) -> SlaPolicyDocument:
    return SlaPolicyDocument("标准", (PriorityTerms(Priority.P1, TERMS[0].promises, (step,)), *TERMS[1:]))


def with_rule(rule: PauseRule) -> SlaPolicyDocument:
    return msgspec.structs.replace(POLICY, pause_rules=(rule,))


@pytest.mark.parametrize("template", POLICY_TEMPLATES, ids=lambda template: template.code)
def test_a_shipped_policy_is_in_order_and_survives_json(template: PolicyTemplate) -> None:
    assert template.policy.problems() == ()
    assert template.calendar_code in CALENDARS
    assert msgspec.json.decode(msgspec.json.encode(template.policy), type=SlaPolicyDocument) == template.policy


def test_shipped_calendars_are_in_order() -> None:
    assert [calendar.problems() for calendar in CALENDARS.values()] == [()] * 4


def test_the_whole_company_at_a_standstill_is_p1_and_one_person_with_time_is_p4() -> None:
    assert POLICY.priority_of(Impact.HIGH, Urgency.HIGH) is Priority.P1
    assert POLICY.priority_of(Impact.LOW, Urgency.LOW) is Priority.P4
    assert POLICY.priority_of(Impact.MEDIUM, Urgency.MEDIUM) is Priority.P2


def test_the_fast_policy_promises_the_figures_of_the_source() -> None:
    targets = POLICIES["around_the_clock"].targets_of(Priority.P1, OFFICE)
    assert {kind: target.seconds for kind, target in targets.items()} == {
        TargetKind.RESPONSE: 15 * 60,
        TargetKind.ARRIVAL: 30 * 60,
        TargetKind.RESOLUTION: 24 * HOUR,
    }
    # Around the clock, whatever hours the contract keeps.
    assert {target.calendar for target in targets.values()} == {None}


def test_hardware_in_the_repair_flow_has_no_promised_end() -> None:
    assert TargetKind.RESOLUTION not in POLICIES["stationed_four_levels"].targets_of(Priority.P4, OFFICE)


def test_a_promise_may_have_hours_of_its_own() -> None:
    promises = (
        Promise(TargetKind.RESPONSE, 900, calendar=CALENDARS["around_the_clock"]),
        Promise(TargetKind.ARRIVAL, 4 * HOUR),
        Promise(TargetKind.RESOLUTION, 24 * HOUR, TimeBasis.ELAPSED),
    )
    policy = SlaPolicyDocument("标准", (PriorityTerms(Priority.P1, promises), *TERMS[1:]))
    assert policy.targets_of(Priority.P1, OFFICE) == {
        TargetKind.RESPONSE: Target(900, CALENDARS["around_the_clock"]),
        TargetKind.ARRIVAL: Target(4 * HOUR, OFFICE),
        TargetKind.RESOLUTION: Target(24 * HOUR, None),
    }


@pytest.mark.parametrize("reason", [WaitReason.CLIENT, WaitReason.APPROVAL])
def test_waiting_for_the_client_pauses_arrival_and_resolution_and_not_response(reason: WaitReason) -> None:
    assert reason in POLICY.pauses_of(TargetKind.ARRIVAL)
    assert reason in POLICY.pauses_of(TargetKind.RESOLUTION)
    assert reason not in POLICY.pauses_of(TargetKind.RESPONSE)


@pytest.mark.parametrize("reason", [WaitReason.PART, WaitReason.VENDOR])
def test_waiting_for_a_part_or_a_vendor_pauses_only_where_the_policy_says_so(reason: WaitReason) -> None:
    assert not any(reason in POLICY.pauses_of(kind) for kind in TargetKind)
    policy = with_rule(PauseRule(reason, (TargetKind.RESOLUTION,)))
    assert policy.problems() == ()
    assert reason in policy.pauses_of(TargetKind.RESOLUTION)


def test_escalation_climbs_with_the_share_used_and_watches_the_kinds_it_names() -> None:
    policy = POLICIES["around_the_clock"]
    steps = policy.escalation_of(Priority.P1, TargetKind.ARRIVAL)
    assert [(step.at_percent, step.level) for step in steps] == [(50, 1), (75, 2), (100, 3)]
    only_resolution = msgspec.structs.replace(STEP, kinds=(TargetKind.RESPONSE,))
    narrow = with_step(only_resolution)
    assert narrow.escalation_of(Priority.P1, TargetKind.RESPONSE) == (only_resolution,)
    assert narrow.escalation_of(Priority.P1, TargetKind.ARRIVAL) == ()


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (msgspec.structs.replace(POLICY, name=" "), "name_missing"),
        (msgspec.structs.replace(POLICY, attainment_percent=100.5), "attainment_out_of_range"),
        (msgspec.structs.replace(POLICY, matrix=DEFAULT_MATRIX[1:]), "matrix_cell_missing"),
        (msgspec.structs.replace(POLICY, matrix=(*DEFAULT_MATRIX, DEFAULT_MATRIX[0])), "matrix_cell_twice"),
        (msgspec.structs.replace(POLICY, terms=TERMS[1:]), "priority_missing"),
        (msgspec.structs.replace(POLICY, terms=(*TERMS, TERMS[0])), "priority_twice"),
        (msgspec.structs.replace(POLICY, terms=(PriorityTerms(Priority.P1, ()), *TERMS[1:])), "promises_missing"),
        (
            msgspec.structs.replace(POLICY, terms=(PriorityTerms(Priority.P1, TERMS[0].promises * 2), *TERMS[1:])),
            "promise_twice",
        ),
        (
            msgspec.structs.replace(
                POLICY, terms=(PriorityTerms(Priority.P1, TERMS[0].promises, (STEP, STEP)), *TERMS[1:])
            ),
            "escalation_twice",
        ),
        (with_promise(Promise(TargetKind.RESPONSE, 0)), "seconds_out_of_range"),
        (with_promise(Promise(TargetKind.RESPONSE, 9, TimeBasis.ELAPSED, OFFICE)), "calendar_beside_elapsed_time"),
        (with_promise(Promise(TargetKind.RESPONSE, 9, calendar=ServiceCalendar(Week()))), "calendar_never_open"),
        (with_step(msgspec.structs.replace(STEP, level=4)), "escalation_level_unknown"),
        (with_step(msgspec.structs.replace(STEP, channels=())), "channels_missing"),
        (with_step(msgspec.structs.replace(STEP, at_percent=None)), "escalation_needs_share_or_time"),
        (with_step(msgspec.structs.replace(STEP, after_seconds=60)), "escalation_needs_share_or_time"),
        (with_step(msgspec.structs.replace(STEP, at_percent=0)), "percent_out_of_range"),
        (with_step(msgspec.structs.replace(STEP, at_percent=None, after_seconds=-1)), "seconds_out_of_range"),
        (with_step(msgspec.structs.replace(STEP, kinds=(TargetKind.ARRIVAL,))), "escalation_without_promise"),
        (with_rule(PauseRule(WaitReason.CLIENT, (TargetKind.RESPONSE,))), "client_never_pauses_response"),
        (msgspec.structs.replace(POLICY, pause_rules=POLICY.pause_rules * 2), "pause_rule_twice"),
        (with_promise(Promise(TargetKind.LOANER_DELIVERY, 24 * HOUR)), "target_not_measured"),
        (with_rule(PauseRule(WaitReason.PART, (TargetKind.DIAGNOSIS,))), "target_not_measured"),
        (
            with_step(msgspec.structs.replace(STEP, channels=(EscalationChannel.IN_APP, EscalationChannel.SMS))),
            "channel_not_sending",
        ),
    ],
)
def test_what_a_policy_must_not_say(document: SlaPolicyDocument, code: str) -> None:
    assert codes(document) == {code}
    assert code in PROBLEM_TEXTS


DAY = DateException(shanghai("2026-11-24").date())


@pytest.mark.parametrize(
    ("calendar", "code"),
    [
        (msgspec.structs.replace(OFFICE, time_zone="Asia/Xiamen"), "time_zone_unknown"),
        (msgspec.structs.replace(OFFICE, time_zone="../etc/passwd"), "time_zone_unknown"),
        (msgspec.structs.replace(OFFICE, exceptions=(DAY, DAY)), "exception_twice"),
        (
            msgspec.structs.replace(OFFICE, holiday_table=HolidayTable((HolidayEntry(DAY.day, DayKind.HOLIDAY),) * 2)),
            "holiday_twice",
        ),
        (ServiceCalendar(Week()), "calendar_never_open"),
        (ServiceCalendar(Week(monday=(Window("9:00", "12:00"),))), "time_of_day_invalid"),
        (ServiceCalendar(Week(monday=(Window("24:00", "12:00"),))), "time_of_day_invalid"),
        (ServiceCalendar(Week(monday=(Window("09:00", "09:00"),))), "window_empty"),
        (ServiceCalendar(Week(monday=(Window("09:00", "12:00"), Window("11:00", "13:00")))), "windows_overlap"),
        (ServiceCalendar(Week(monday=(Window("22:00", "06:00"), Window("23:00", "23:30")))), "windows_overlap"),
        (msgspec.structs.replace(OFFICE, makeup_windows=(Window("09:00", "25:00"),)), "time_of_day_invalid"),
    ],
)
def test_what_a_calendar_must_not_say(calendar: ServiceCalendar, code: str) -> None:
    assert codes(calendar) == {code}
    assert code in PROBLEM_TEXTS


def test_a_calendar_with_problems_is_never_used() -> None:
    calendar = ServiceCalendar(Week(monday=(Window("09:00", "09:00"),)))
    with pytest.raises(InvalidDocument) as refused:
        add_service_time(calendar, shanghai("2026-11-23 09:00"), 60)
    assert refused.value.fields == {"weekly.monday[0]": PROBLEM_TEXTS["window_empty"]}


def test_a_problem_is_told_from_the_outermost_document() -> None:
    policy = with_promise(Promise(TargetKind.RESPONSE, 9, calendar=ServiceCalendar(Week())))
    assert policy.problems()[0].path == "terms[0].promises[0].calendar.weekly"


def test_every_text_of_a_problem_belongs_to_a_rule() -> None:
    area = Path(app.agreements.sla.__file__).parent
    raised = {
        code for path in area.rglob("*.py") for code in re.findall(r'DocumentProblem\(\s*"(\w+)"', path.read_text())
    }
    assert raised <= set(PROBLEM_TEXTS), "say what to do about it in PROBLEM_TEXTS"
    assert len(set(PROBLEM_TEXTS.values())) == len(PROBLEM_TEXTS)

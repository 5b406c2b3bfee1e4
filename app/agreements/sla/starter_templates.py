"""Starter calendars and policies of a new partner, taken from the source documents.

The figures are those of the documents; where a document says "at once" or leaves a field to the
project, the figure chosen is explained beside it. A partner copies a template and adapts it.
"""

import msgspec

from app.agreements.sla.policy import EscalationStep, PriorityTerms, Promise, SlaPolicyDocument
from app.agreements.sla.vocabulary import EscalationChannel, Priority, TargetKind, TimeBasis
from app.platform.kernel.texts import N_
from app.platform.promises import PublicHolidays, ServiceCalendar, Week, Window

_MINUTE = 60
_HOUR = 3_600

_WITH_LUNCH = (Window("09:00", "12:00"), Window("13:30", "18:00"))
_THROUGH = (Window("09:00", "18:00"),)
_ALL_DAY = (Window("00:00", "24:00"),)


class CalendarTemplate(msgspec.Struct, frozen=True):
    """A calendar to begin with; `code` is stable, `name` is Chinese source text."""

    code: str
    name: str
    calendar: ServiceCalendar


class PolicyTemplate(msgspec.Struct, frozen=True):
    """A policy to begin with and the calendar that goes with it."""

    code: str
    description: str
    calendar_code: str
    policy: SlaPolicyDocument


def _working_days(windows: tuple[Window, ...], saturday: tuple[Window, ...] = ()) -> ServiceCalendar:
    return ServiceCalendar(
        weekly=Week(windows, windows, windows, windows, windows, saturday),
        public_holidays=PublicHolidays.CHINA,
        makeup_windows=windows,
    )


CALENDAR_TEMPLATES = (
    # Five days of eight hours, at most eight a day, not on legal holidays [S4 §二, S1 §6]; the
    # lunch break is the usual one.
    CalendarTemplate("five_by_eight_lunch", N_("5×8 工作时间（午休 12:00–13:30）"), _working_days(_WITH_LUNCH)),
    CalendarTemplate("five_by_eight", N_("5×8 工作时间（午间不休）"), _working_days(_THROUGH)),
    CalendarTemplate("six_days", N_("6 天工作制（周一至周六）"), _working_days(_WITH_LUNCH, saturday=_WITH_LUNCH)),
    # "每周7天、每天24小时（包括公众节假日）" [S2 §1.1.6.1]
    CalendarTemplate("around_the_clock", N_("7×24 全天候（含节假日）"), ServiceCalendar(weekly=Week(*[_ALL_DAY] * 7))),
)


_CHANNELS = (EscalationChannel.IN_APP, EscalationChannel.EMAIL)


def _escalation(*, top_level: int = 3) -> tuple[EscalationStep, ...]:
    """Half, three quarters and all of the time used: levels 1, 2 and 3 are notified. [S2 §1.1.5.2.3]"""
    steps = ((50, 1), (75, 2), (100, 3))
    return tuple(
        EscalationStep(level=level, channels=_CHANNELS, at_percent=percent)
        for percent, level in steps
        if level <= top_level
    )


def _elapsed(kind: TargetKind, seconds: int) -> Promise:
    return Promise(kind, seconds, TimeBasis.ELAPSED)


def _business(kind: TargetKind, seconds: int) -> Promise:
    return Promise(kind, seconds, TimeBasis.BUSINESS)


# Response 15 minutes, on site in half an hour, solved or replaced within 24 hours, day and night; the
# loaner within 24 hours is not measured yet [S2 §1.1.3, §1.1.6.1, §1.1.6.2]. The document promises the half hour
# "根据项目情况填写"; the lower levels get the 4 hours that [S1 §5] promises.
_AROUND_THE_CLOCK = SlaPolicyDocument(
    name=N_("7×24 快速服务"),
    terms=tuple(
        PriorityTerms(
            priority,
            (
                _elapsed(TargetKind.RESPONSE, 15 * _MINUTE),
                _elapsed(TargetKind.ARRIVAL, arrival),
                _elapsed(TargetKind.RESOLUTION, 24 * _HOUR),
            ),
            _escalation(),
        )
        for priority, arrival in (
            (Priority.P1, 30 * _MINUTE),
            (Priority.P2, 30 * _MINUTE),
            (Priority.P3, 4 * _HOUR),
            (Priority.P4, 4 * _HOUR),
        )
    ),
)

# Response by telephone 30 minutes, remote access 2 hours, 95 % arrival in time [S3 §3.6]; arrival
# in 4 hours as in [S1 §5], resolution in 24 service hours, three working days of eight.
_OFFICE_HOURS = SlaPolicyDocument(
    name=N_("5×8 标准桌面服务"),
    terms=tuple(
        PriorityTerms(
            priority,
            (
                _business(TargetKind.RESPONSE, 30 * _MINUTE),
                _business(TargetKind.REMOTE_ACCESS, 2 * _HOUR),
                _business(TargetKind.ARRIVAL, 4 * _HOUR),
                _business(TargetKind.RESOLUTION, resolution),
            ),
            _escalation(top_level=top_level),
        )
        for priority, resolution, top_level in (
            (Priority.P1, 8 * _HOUR, 3),
            (Priority.P2, 16 * _HOUR, 3),
            (Priority.P3, 24 * _HOUR, 2),
            (Priority.P4, 24 * _HOUR, 1),
        )
    ),
    attainment_percent=95.0,
)

# PC119's four levels: solved at once, within two hours, within 24 hours, by the repair flow
# [S4 §二.5]. "At once" is written as a response in 5 and a solution in 30 minutes; hardware that
# goes to repair has no promised end; the loaner within 24 hours [S2 §1.1.6.2] is not measured yet.
_STATIONED = SlaPolicyDocument(
    name=N_("PC119 驻场四级服务"),
    terms=(
        PriorityTerms(
            Priority.P1,
            (
                _business(TargetKind.RESPONSE, 5 * _MINUTE),
                _business(TargetKind.RESOLUTION, 30 * _MINUTE),
            ),
            _escalation(),
        ),
        PriorityTerms(
            Priority.P2,
            (
                _business(TargetKind.RESPONSE, 15 * _MINUTE),
                _business(TargetKind.RESOLUTION, 2 * _HOUR),
            ),
            _escalation(),
        ),
        PriorityTerms(
            Priority.P3,
            (
                _business(TargetKind.RESPONSE, 30 * _MINUTE),
                _elapsed(TargetKind.RESOLUTION, 24 * _HOUR),
            ),
            _escalation(top_level=2),
        ),
        PriorityTerms(
            Priority.P4,
            (_business(TargetKind.RESPONSE, 30 * _MINUTE),),
            _escalation(top_level=1),
        ),
    ),
)

# "服务响应时间要求：4小时" and nothing else [S1 §5], counted in office hours.
_FOUR_HOURS = SlaPolicyDocument(
    name=N_("4 小时上门服务"),
    terms=tuple(
        PriorityTerms(
            priority,
            (
                _business(TargetKind.RESPONSE, 15 * _MINUTE),
                _business(TargetKind.ARRIVAL, 4 * _HOUR),
            ),
            _escalation(top_level=2),
        )
        for priority in Priority
    ),
)

POLICY_TEMPLATES = (
    PolicyTemplate(
        "around_the_clock",
        N_("响应 15 分钟，到场 30 分钟（一般故障 4 小时），24 小时解决"),
        "around_the_clock",
        _AROUND_THE_CLOCK,
    ),
    PolicyTemplate(
        "office_hours",
        N_("响应 30 分钟，远程 2 小时，到场 4 小时，按故障级别 8 至 24 工作小时解决"),
        "five_by_eight_lunch",
        _OFFICE_HOURS,
    ),
    PolicyTemplate(
        "stationed_four_levels",
        N_("紧急故障马上解决，一般紧急 2 小时，一般故障 24 小时，硬件故障进入维修流程"),
        "five_by_eight",
        _STATIONED,
    ),
    PolicyTemplate(
        "four_hours_on_site",
        N_("响应 15 分钟，4 小时内上门"),
        "five_by_eight_lunch",
        _FOUR_HOURS,
    ),
)

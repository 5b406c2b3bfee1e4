"""Errors of calendars and clocks, and their texts."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from app.platform.kernel.errors import Conflict, Invalid
from app.platform.kernel.texts import N_
from app.platform.promises.problems import DocumentProblem

CALENDAR_PROBLEM_TEXTS: Mapping[str, str] = {
    "calendar_never_open": N_("请至少填写一天的服务时间。"),
    "exception_twice": N_("同一日期填写了两次，请保留一条。"),
    "holiday_twice": N_("节假日表中同一日期填写了两次，请保留一条。"),
    "time_of_day_invalid": N_("时间应写成 09:00 这样，从 00:00 到 24:00。"),
    "time_zone_unknown": N_("没有这个时区，请从列表中选择。"),
    "window_empty": N_("开始和结束时间相同；全天请写 00:00 到 24:00。"),
    "windows_overlap": N_("服务时段重叠或顺序不对，请从早到晚填写。"),
}
"""What to do about each problem of a calendar, by its code. The path names the place, so none needs parameters."""


class InvalidDocument(Invalid):
    """A calendar, or a policy that names some, breaks its own rules; `problems` lists them all."""

    code = "service_level.invalid"
    text = N_("服务日历或服务级别中有内容需要改正。")

    def __init__(self, problems: Sequence[DocumentProblem], texts: Mapping[str, str] = CALENDAR_PROBLEM_TEXTS) -> None:
        self.problems = tuple(problems)
        super().__init__(fields={each.path: texts[each.code] for each in problems})


class ServiceNeverOpens(Invalid):
    """The service time asked for never comes: the calendar stays closed."""

    code = "service_calendar.never_opens"
    text = N_("这个服务日历没有足够的服务时间，请检查服务时段和例外日期。")


class ClockRefused(Conflict):
    """The clock is not in a phase that allows the operation."""

    code = "clock.move_refused"
    text = N_("计时当前的状态不允许这样操作。")


class ClockOutOfOrder(Conflict):
    """An operation lies before something that the clock has already recorded."""

    code = "clock.out_of_order"
    text = N_("这个时间早于已经记录的操作，请检查时间。")

    def __init__(self, at: datetime, recorded: datetime) -> None:
        super().__init__(at=at.isoformat(), recorded=recorded.isoformat())

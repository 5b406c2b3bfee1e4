"""Labels of the enumerations, and calendars and policies as text for pages. Pure: the translator is a parameter."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from app.agreements.sla.policy import EscalationStep, PriorityTerms, SlaPolicyDocument
from app.agreements.sla.vocabulary import (
    MEASURED_TARGETS,
    EscalationChannel,
    Impact,
    Priority,
    TargetKind,
    TimeBasis,
    Urgency,
)
from app.platform.kernel.texts import N_, Translator
from app.platform.promises import SECONDS_PER_DAY, ServiceCalendar, Windows

TARGET_NAMES: Final[Mapping[str, str]] = {
    TargetKind.RESPONSE: N_("响应"),
    TargetKind.REMOTE_ACCESS: N_("远程接入"),
    TargetKind.ARRIVAL: N_("到场"),
    TargetKind.DIAGNOSIS: N_("诊断"),
    TargetKind.RESOLUTION: N_("解决"),
    TargetKind.LOANER_DELIVERY: N_("提供备用机"),
    TargetKind.PARTS_DELIVERY: N_("送达备件"),
}
CHANNEL_NAMES: Final = {
    EscalationChannel.IN_APP: N_("站内提醒"),
    EscalationChannel.EMAIL: N_("邮件"),
    EscalationChannel.SMS: N_("短信"),
    EscalationChannel.ROBOT: N_("群机器人"),
}
LEVEL_NAMES: Final = {1: N_("技术或项目经理"), 2: N_("交付经理"), 3: N_("总经理")}
"""[S2 §1.1.5.2.3]"""
IMPACT_NAMES: Final = {
    Impact.HIGH: N_("全公司或整个网点"),
    Impact.MEDIUM: N_("一个部门"),
    Impact.LOW: N_("一个人"),
}
URGENCY_NAMES: Final = {
    Urgency.HIGH: N_("一刻不能等"),
    Urgency.MEDIUM: N_("今天要好"),
    Urgency.LOW: N_("可以等几天"),
}
WEEKDAY_NAMES: Final = {
    "monday": N_("周一"),
    "tuesday": N_("周二"),
    "wednesday": N_("周三"),
    "thursday": N_("周四"),
    "friday": N_("周五"),
    "saturday": N_("周六"),
    "sunday": N_("周日"),
}


class PolicyRow(msgspec.Struct, frozen=True):
    """One line of the promise table."""

    priority: Priority
    promises: str
    escalation: str


class WeekdayRow(msgspec.Struct, frozen=True):
    """One line of a week: the windows in words, and as shares of the day in per cent (start, width)."""

    name: str
    hours: str
    spans: list[tuple[float, float]]


def duration_label(seconds: int, translate: Translator) -> str:
    """ "1 小时 30 分" of a promised time. Never in days: 24 service hours are three working days."""
    hours, minutes = divmod(round(seconds / 60), 60)
    if hours and minutes:
        return translate("%(hours)s 小时 %(minutes)s 分", hours=hours, minutes=minutes)
    if hours:
        return translate("%(hours)s 小时", hours=hours)
    return translate("%(minutes)s 分钟", minutes=minutes)


def promises_label(terms: PriorityTerms, translate: Translator) -> str:
    """ "15 分钟响应，2 小时到场"; what does not count in service hours says so."""
    phrases = []
    for promise in terms.promises:
        phrase = translate(
            "%(duration)s%(target)s",
            duration=duration_label(promise.seconds, translate),
            target=translate(TARGET_NAMES[promise.kind]),
        )
        if promise.basis is TimeBasis.ELAPSED:
            phrase += translate("（昼夜连续）")
        if promise.kind not in MEASURED_TARGETS:
            phrase += translate("（不计时）")
        phrases.append(phrase)
    return translate("，").join(phrases)


def unmeasured_target_names(policy: SlaPolicyDocument) -> list[str]:
    """Names of the targets that a policy of earlier days promises and no clock measures, each once."""
    kinds = {promise.kind for terms in policy.terms for promise in terms.promises} - set(MEASURED_TARGETS)
    return [TARGET_NAMES[kind] for kind in TargetKind if kind in kinds]


def escalation_label(steps: Iterable[EscalationStep], translate: Translator) -> str:
    """ "用时 50% 报技术或项目经理，75% 报交付经理"."""
    phrases = []
    for step in steps:
        at = f"{step.at_percent}%" if step.after_seconds is None else duration_label(step.after_seconds, translate)
        phrases.append(translate("用到 %(share)s 报%(whom)s", share=at, whom=translate(LEVEL_NAMES[step.level])))
    return translate("，").join(phrases)


def policy_rows(policy: SlaPolicyDocument, translate: Translator) -> list[PolicyRow]:
    """The promise table, P1 first."""
    lines = []
    for priority in Priority:
        terms = policy.terms_of(priority)
        lines.append(
            PolicyRow(priority, promises_label(terms, translate), escalation_label(terms.escalation, translate))
        )
    return lines


def windows_label(windows: Windows, translate: Translator) -> str:
    """ "09:00–12:00，13:30–18:00", "全天" or "休息"."""
    if not windows:
        return translate("休息")
    if len(windows) == 1 and (windows[0].opens, windows[0].closes) == ("00:00", "24:00"):
        return translate("全天")
    return translate("，").join(f"{window.opens}–{window.closes}" for window in windows)


def week_rows(calendar: ServiceCalendar, translate: Translator) -> Sequence[WeekdayRow]:
    """Monday to Sunday without holidays; a window past midnight is drawn on into the next day."""
    days = calendar.weekly.days()
    return [
        WeekdayRow(
            translate(name),
            windows_label(days[place], translate),
            [*_spans_past_midnight(days[place - 1]), *_spans_of_day(days[place])],
        )
        for place, name in enumerate(WEEKDAY_NAMES.values())
    ]


def _spans_of_day(windows: Windows) -> list[tuple[float, float]]:
    bounds = [window.seconds() for window in windows]
    return [_span(opens, min(closes, SECONDS_PER_DAY)) for opens, closes in bounds]


def _spans_past_midnight(windows: Windows) -> list[tuple[float, float]]:
    bounds = [window.seconds() for window in windows]
    return [_span(0, closes - SECONDS_PER_DAY) for _, closes in bounds if closes > SECONDS_PER_DAY]


def _span(start: int, end: int) -> tuple[float, float]:
    return round(start / SECONDS_PER_DAY * 100, 2), round((end - start) / SECONDS_PER_DAY * 100, 2)

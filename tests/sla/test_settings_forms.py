"""Calendars and policies go into a form and come out as they were; people write times as they like."""

from datetime import date

import pytest

from app.agreements.sla import CALENDAR_TEMPLATES, POLICY_TEMPLATES, Priority
from app.agreements.sla.forms import (
    calendar_field_of,
    calendar_fields,
    calendar_from,
    exceptions_from,
    exceptions_text,
    holidays_from,
    holidays_text,
    policy_field_of,
    policy_fields,
    policy_from,
    windows_from,
)
from app.agreements.sla.labels import policy_rows, week_rows
from app.agreements.sla.policy import SlaPolicyDocument
from app.agreements.sla.starter_templates import CalendarTemplate, PolicyTemplate
from app.platform.kernel.texts import translator
from app.platform.promises import DateException, DayKind, InvalidDocument, Window
from app.platform.web.form_values import FormValues


def policy_form(policy: SlaPolicyDocument, **changed: str) -> FormValues:
    fields = {**policy_fields(policy), **{name.replace("__", "."): value for name, value in changed.items()}}
    return FormValues(fields)


@pytest.mark.parametrize("template", CALENDAR_TEMPLATES, ids=lambda each: each.code)
def test_a_calendar_comes_back_as_it_was(template: CalendarTemplate) -> None:
    form = FormValues(calendar_fields(template.calendar))
    assert calendar_from(form) == template.calendar


@pytest.mark.parametrize("template", POLICY_TEMPLATES, ids=lambda each: each.code)
def test_a_policy_comes_back_as_it_was(template: PolicyTemplate) -> None:
    policy, _ = policy_from(policy_form(template.policy), template.policy)
    assert policy == template.policy


@pytest.mark.parametrize(
    "text",
    ["09:00-12:00 13:30-18:00", "9:00–12:00，13:30–18:00", "09：00 至 12：00、13:30~18:00", "9:00到12:00;13:30-18:00"],
)
def test_times_are_read_in_every_usual_spelling(text: str) -> None:
    assert windows_from(text) == (Window("09:00", "12:00"), Window("13:30", "18:00"))


def test_single_dates_are_written_one_a_line() -> None:
    text = "2026-12-31 09:00-12:00 只上半天\n\n2027-01-02 休息 年终盘点-全员"
    read = exceptions_from(text)
    assert read == (
        DateException(date(2026, 12, 31), (Window("09:00", "12:00"),), "只上半天"),
        DateException(date(2027, 1, 2), (), "年终盘点-全员"),
    )
    assert exceptions_from(exceptions_text(read)) == read
    with pytest.raises(InvalidDocument) as refused:
        exceptions_from("元旦 休息")
    assert set(map(calendar_field_of, refused.value.fields)) == {"exceptions"}


def test_holidays_that_were_announced_late_are_entered_by_hand() -> None:
    table = holidays_from("2027-01-01 休 元旦\n2027-02-06 班 春节调休\n2027-03-01", "2027")
    assert [entry.kind for entry in table.entries] == [DayKind.HOLIDAY, DayKind.MAKEUP_WORKDAY, DayKind.ORDINARY]
    assert table.complete_years == (2027,)
    assert holidays_from(holidays_text(table), "2027") == table


def test_a_problem_finds_the_field_that_it_is_about() -> None:
    policy = POLICY_TEMPLATES[1].policy
    form = policy_form(policy, P2__arrival__amount="soon", P1__level1__percent="0", name=" ")
    typed, field_by_path = policy_from(form, policy)
    fields = {policy_field_of(problem.path, field_by_path) for problem in typed.problems()}
    assert fields == {"P2.arrival.amount", "P1.level1.percent", "name"}
    assert calendar_field_of("weekly.monday[1]") == "monday"


def test_promises_are_told_in_words() -> None:
    lines = policy_rows(POLICY_TEMPLATES[0].policy, translator("zh-CN"))
    assert lines[0].priority is Priority.P1
    assert lines[0].promises.startswith("15 分钟响应（昼夜连续），30 分钟到场（昼夜连续），24 小时解决")
    assert lines[0].escalation == "用到 50% 报技术或项目经理，用到 75% 报交付经理，用到 100% 报总经理"
    english = policy_rows(POLICY_TEMPLATES[1].policy, translator("en"))
    assert english[0].promises.startswith("Response in 30 min, Remote access in 2 h, On site in 4 h")


def test_a_week_is_drawn_with_its_breaks() -> None:
    week = week_rows(CALENDAR_TEMPLATES[0].calendar, translator("zh-CN"))
    assert (week[0].name, week[0].hours) == ("周一", "09:00–12:00，13:30–18:00")
    assert week[0].spans == [(37.5, 12.5), (56.25, 18.75)]
    assert (week[6].hours, week[6].spans) == ("休息", [])

"""The report on a row: imported unchanged, imported with a change, or refused, with the reasons."""

from enum import StrEnum
from typing import Any, Final

import msgspec

from app.platform.kernel.texts import N_


class Outcome(StrEnum):
    """Outcome of a row."""

    TAKEN = "taken"
    CHANGED = "changed"
    REFUSED = "refused"


OUTCOME_NAMES: Final = {
    Outcome.TAKEN: N_("照原样导入"),
    Outcome.CHANGED: N_("调整后导入"),
    Outcome.REFUSED: N_("没有导入"),
}


class Finding(msgspec.Struct, frozen=True, array_like=True):
    """One remark on a row; `code` is a key of `TEXTS`, `parameters` fill its text."""

    code: str
    parameters: dict[str, Any] = {}


class RowReport(msgspec.Struct, frozen=True, array_like=True):
    """Outcome and findings of one row."""

    row: int
    outcome: Outcome
    findings: list[Finding] = []


CHANGES: Final = {
    "creation_missing": N_("没有新建时的记录，以登记时间作为报修时间"),
    "opened_missing": N_("没有登记时间，以第一条记录的时间作为报修时间"),
    "opened_after_first": N_("登记时间晚于第一条记录，以第一条记录的时间为准"),
    "same_time": N_("与上一条记录时间相同，按文件中的顺序"),
    "put_in_order": N_("时间早于前面的记录，已按时间重新排列"),
    "bridged": N_("原记录直接跳到“%(state)s”，补上了中间的步骤：%(moves)s"),
    "closed_without_resolution": N_("关闭前没有解决记录，以关闭时间作为解决时间"),
    "reopened": N_("解决后又有处理记录，记为重新打开"),
    "reopening_unseen": N_("重开次数增加了，但没有解决记录，没有记为重新打开"),
    "reassigned": N_("改派次数增加了，但当时没有在处理，记在内部备注里"),
    "not_gone_back": N_("原记录退回“%(state)s”，这里的服务单停在“%(kept)s”"),
    "cancellation_taken_back": N_("原系统取消后又继续处理，这次取消只记在内部备注里"),
    "already_over": N_("服务单已取消，之后的记录只记在内部备注里"),
    "priority_unknown": N_("优先级“%(word)s”没有对应，按影响和紧急程度确定"),
    "impact_unknown": N_("影响“%(word)s”没有对应，按“低”处理"),
    "urgency_unknown": N_("紧急程度“%(word)s”没有对应，按“中”处理"),
    "impact_missing": N_("没有写影响，按“低”处理"),
    "urgency_missing": N_("没有写紧急程度，按“中”处理"),
    "channel_unknown": N_("来源“%(word)s”没有对应，按默认来源处理"),
    "rating_unknown": N_("评分“%(word)s”不是 1 到 5 的整数，没有导入评分"),
    "minutes_unknown": N_("工时“%(word)s”不是 0 到 1440 的整数，没有导入工时"),
    "time_skipped": N_("这个当地时间不存在（夏令时拨快），顺延了"),
    "time_twice": N_("这个当地时间有两次（夏令时拨慢），取了第一次"),
    "cells_missing": N_("这一行末尾缺少单元格，按空白处理"),
    "encoding_guessed": N_("文件没有说明编码，自动按 %(encoding)s 读；文字不对时，请换一种编码再试读"),
    "word_doubtful": N_("“%(word)s”中西文字混在一个词里，可能是编码认错了"),
    "text_shortened": N_("文字太长，截短了"),
    "visit_by_name": N_("“%(name)s”没有对应到工程师，这次上门只记了姓名"),
    "extended": N_("服务单以前导入过，补上了新的记录"),
}
"""Texts of findings on rows that were imported with a change, by code."""

REFUSALS: Final = {
    "unreadable": N_("这一行读不出来"),
    "too_many_cells": N_("单元格比标题多，可能是分隔符没有加引号"),
    "number_missing": N_("没有单号"),
    "number_too_long": N_("单号太长"),
    "time_missing": N_("没有时间"),
    "time_unreadable": N_("时间“%(word)s”读不出来"),
    "time_in_future": N_("时间“%(word)s”还没有到"),
    "state_missing": N_("没有状态"),
    "state_unknown": N_("状态“%(word)s”没有对应"),
    "no_row_left": N_("这张单没有一行可以导入"),
    "client_missing": N_("没有写明客户"),
    "client_unknown": N_("没有客户“%(word)s”，请先对应到客户"),
    "known_otherwise": N_("这张单以前导入过，内容和这次不一致，没有改动"),
    "changed_here": N_("这张单导入以后在这里处理过，没有改动"),
    "step_unreadable": N_("这一步读不出来：%(reason)s"),
    "rules": N_("不符合服务单的规则：%(reason)s"),
    "no_terms": N_("客户还没有服务级别"),
}
"""Texts of findings on refused rows, by code."""

NOTES: Final = {
    "unchanged": N_("以前已经导入，没有变化"),
    "impact_not_told": N_("这份记录没有影响一列，按“低”处理"),
    "urgency_not_told": N_("这份记录没有紧急程度一列，按“中”处理"),
    "priority_kept": N_("按服务级别的矩阵应为 %(matrix)s，保留原记录的 %(priority)s"),
}
"""Texts of findings on rows that were imported unchanged, by code."""

TEXTS: Final = {**CHANGES, **REFUSALS, **NOTES}


class Report:
    """Collects the findings on one ticket's rows."""

    def __init__(self, rows: list[int]) -> None:
        self._rows = rows
        self._said: dict[int, list[Finding]] = {}

    def say(self, row: int, code: str, **parameters: Any) -> None:
        """Add a finding to `row`, once."""
        finding = Finding(code, parameters)
        said = self._said.setdefault(row, [])
        if finding not in said:
            said.append(finding)

    def says(self, row: int, code: str) -> bool:
        """Whether `row` has a finding `code`."""
        return any(finding.code == code for finding in self._said.get(row, ()))

    def refuse_all(self, code: str, **parameters: Any) -> None:
        """Refuse all rows of the ticket; rows that were refused before keep their findings."""
        for row in self._rows:
            refusals = [each for each in self._said.get(row, []) if each.code in REFUSALS]
            self._said[row] = refusals or [Finding(code, parameters)]

    def note_all(self, code: str) -> None:
        """Set `code` as the only finding of every row that is not refused."""
        for row in self._rows:
            refusals = [each for each in self._said.get(row, []) if each.code in REFUSALS]
            self._said[row] = refusals or [Finding(code)]

    def rows(self) -> list[RowReport]:
        """The reports of all rows, in the order of the file."""
        return [RowReport(row, _outcome(self._said.get(row, [])), self._said.get(row, [])) for row in self._rows]


def _outcome(findings: list[Finding]) -> Outcome:
    if any(each.code in REFUSALS for each in findings):
        return Outcome.REFUSED
    return Outcome.CHANGED if any(each.code in CHANGES for each in findings) else Outcome.TAKEN

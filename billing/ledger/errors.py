"""Errors of the ledger."""

from app.platform.kernel.errors import Conflict, Invalid
from app.platform.kernel.texts import N_


class MonthClosed(Conflict):
    """The month of the day has been closed; a correction goes into the open one."""

    code = "ledger_month.closed"
    text = N_("%(month)s 已结账，不能再记账。更正请记入尚未结账的月份。")


class MonthNotOver(Conflict):
    """The month still runs, or an earlier one with postings is open."""

    code = "ledger_month.not_over"
    text = N_("%(month)s 还不能结账：本月尚未结束，或之前的月份尚未结账。")


class EntryReversed(Conflict):
    """The entry was taken back before, or is itself a reversal."""

    code = "ledger_entry.reversed"
    text = N_("这笔分录已经冲销过，不能再次冲销。")


class NothingToPost(Invalid):
    """An entry without transfers."""

    code = "ledger_entry.empty"
    text = N_("分录里没有金额。")

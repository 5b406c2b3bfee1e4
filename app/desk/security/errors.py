"""Errors of the security service."""

from app.platform.kernel.errors import Conflict
from app.platform.kernel.texts import N_


class WeekMoveRefused(Conflict):
    """The week is assessed: its figures stand."""

    code = "security_week.move_refused"
    text = N_("这一周已经评定，数据不能再改。")


class FindingMoveRefused(Conflict):
    """The finding has its ticket, or was dismissed."""

    code = "security_finding.move_refused"
    text = N_("这个问题已经处理过了，请刷新后再看。")


class BulletinMoveRefused(Conflict):
    """The bulletin is published: the client has read it."""

    code = "security_bulletin.move_refused"
    text = N_("这份月报已经发布，不能再改。")


class WeekEmpty(Conflict):
    """A week without a single device says nothing."""

    code = "security_week.nothing_recorded"
    text = N_("这一周还没有任何设备的记录，请先导入防病毒报表或手工登记。")


class SecurityNotBought(Conflict):
    """The client has no running subscription of the security service."""

    code = "security_week.not_bought"
    text = N_("这家客户没有订购网络安全服务。")

"""Errors of access grants."""

from app.platform.kernel.errors import Conflict
from app.platform.kernel.texts import N_


class GrantMoveRefused(Conflict):
    """The grant's state does not allow this move, or it is the other side's."""

    code = "access_grant.move_refused"
    text = N_("这份访问申请已经处理过了，请刷新后再看。")

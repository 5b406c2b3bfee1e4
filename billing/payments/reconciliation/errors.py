"""Errors of the comparison with the payment provider's books."""

from app.platform.kernel.errors import Conflict
from app.platform.kernel.texts import N_


class FindingMoveRefused(Conflict):
    """Somebody has settled it, or both books agree by now."""

    code = "reconciliation_finding.move_refused"
    text = N_("这处差异刚被处理过，请刷新后再看。")

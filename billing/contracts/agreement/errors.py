"""Errors of agreeing."""

from app.platform.kernel.errors import Conflict, Invalid
from app.platform.kernel.texts import N_


class OfferClosed(Conflict):
    """Nothing waits for an answer."""

    code = "contract.offer_closed"
    text = N_("这份合同已经有人答复，或者已被撤回、过期。请刷新后再看。")


class OfferChanged(Conflict):
    """Another paper waits than the one that was shown."""

    code = "contract.offer_changed"
    text = N_("这份合同有了新的一版，请看过新内容再决定。")


class DeclineReasonMissing(Invalid):
    """A client who says no says why."""

    code = "contract.reason_missing"
    text = N_("请说明不接受的原因，对方才能修改。")


class MilestoneReportChanged(Conflict):
    """Something else is reported than what was shown."""

    code = "milestone.report_changed"
    text = N_("服务商重新报告了这个里程碑，请看过新内容再决定。")


class MilestoneReasonMissing(Invalid):
    """A client who does not accept says what is missing."""

    code = "milestone.reason_missing"
    text = N_("请说明还差什么，服务商才能继续做。")

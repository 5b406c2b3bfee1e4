"""Labels of the measures."""

from typing import Final

from app.platform.kernel.texts import N_
from tenants.partner_metrics.schemas import Measure

MEASURE_NAMES: Final = {
    Measure.RESPONSE: N_("按时响应"),
    Measure.REMOTE_ACCESS: N_("按时远程接入"),
    Measure.ARRIVAL: N_("按时到场"),
    Measure.RESOLUTION: N_("按时解决"),
    Measure.FIRST_VISIT_FIX: N_("一次修复率"),
    Measure.REOPENED: N_("重开率"),
    Measure.REPEATED: N_("重复故障率"),
    Measure.SATISFACTION: N_("满意度"),
}

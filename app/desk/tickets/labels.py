"""Labels of visits: Chinese source texts."""

from typing import Final

from app.platform.kernel.texts import N_

VISIT_STATE_NAMES: Final = {
    "planned": N_("待接单"),
    "accepted": N_("已接单"),
    "en_route": N_("在途"),
    "in_progress": N_("处理中"),
    "waiting": N_("等待中"),
    "finished": N_("已完成"),
    "declined": N_("已拒单"),
    "cancelled": N_("已取消"),
}
UNSENT_NAMES: Final = {
    "photos": N_("%(count)s 张照片"),
    "other": N_("%(count)s 项记录"),
}
"""What still waits on an engineer's phone."""
VISIT_OUTCOME_NAMES: Final = {
    "resolved": N_("修好了"),
    "unresolved": N_("没修完"),
}
VISIT_MODE_NAMES: Final = {
    "on_site": N_("上门"),
    "remote": N_("远程"),
    "telephone": N_("电话"),
}

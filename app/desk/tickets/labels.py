"""Labels of visit states: Chinese source texts."""

from typing import Final

from app.platform.kernel.texts import N_

VISIT_STATE_NAMES: Final = {
    "planned": N_("待接单"),
    "accepted": N_("已接单"),
    "en_route": N_("在途"),
    "on_site": N_("现场处理"),
    "remote": N_("远程处理"),
    "waiting": N_("等待中"),
    "finished": N_("已完成"),
    "declined": N_("已拒单"),
    "cancelled": N_("已取消"),
}

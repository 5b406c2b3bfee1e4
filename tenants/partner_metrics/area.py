"""What this area declares about itself."""

from typing import Final

from app.platform.kernel.areas import Area, DeclaredPermission, Kept
from app.platform.kernel.texts import N_
from rbac import Permission

AREA: Final = Area(
    package="tenants.partner_metrics",
    features={"N7": "", "S5": "client_figures.py"},
    commands=("rebuild-quality",),
    models=("models",),
    api=("api:handlers",),
    consumers=("tasks:consumers",),
    permissions=(DeclaredPermission(Permission.NETWORK_QUALITY_READ, N_("查看全网质量"), ("hq_quality_officer",)),),
    kept={
        Kept.SUMS: ("quality_fact", "quality_rollup", "quality_day"),
    },
)

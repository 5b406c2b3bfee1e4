"""What this area declares about itself."""

from typing import Final

from app.platform.kernel.areas import AboutPeople, Area, AuditGroup, Kept
from app.platform.kernel.texts import N_

AREA: Final = Area(
    package="tenants",
    features={"I3": "rls.py", "O6": "rls.py"},
    models=("models",),
    audit_groups=(AuditGroup("command.", N_("客户和员工的操作")),),
    audit_records={
        "command": N_("指令"),
    },
    kept={
        Kept.ORGANISATION: ("tenant", "tenant_profile"),
    },
    about_people={
        AboutPeople.NOBODY: (
            "tenant",
            "tenant_profile",
        ),
    },
)

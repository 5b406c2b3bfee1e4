"""What this area declares about itself."""

from typing import Final

from app.platform.kernel.areas import Area
from app.platform.kernel.texts import N_

AREA: Final = Area(
    package="app.desk.intake",
    features={"I4": "sign_in.py", "T1": "service.py"},
    api=("api:handlers",),
    pages=("pages:handlers",),
    audit_actions={
        "reporter.session_closed": N_("报修退出"),
        "reporter.session_opened": N_("报修登录"),
        "reporter.session_refused": N_("报修登录失败"),
    },
    audit_records={
        "reporter": N_("报修人"),
    },
)

"""What this area declares about itself."""

from typing import Final

from app.platform.kernel.areas import AboutPeople, Area, Kept
from app.platform.kernel.texts import N_

AREA: Final = Area(
    package="app.desk.hot_line",
    models=("models",),
    api=("api:handlers",),
    audit_actions={
        "unknown_caller.created": N_("记下陌生来电"),
        "unknown_caller.settled": N_("处理陌生来电"),
    },
    audit_records={"unknown_caller": N_("陌生来电")},
    kept={Kept.UNTIL_DONE: ("unknown_caller",)},
    about_people={AboutPeople.PASSING: ("unknown_caller",)},
)

"""What this area declares about itself."""

from typing import Final

from app.platform.kernel.areas import Area, Kept
from app.platform.kernel.client_company import NeverOpen

AREA: Final = Area(
    package="app.platform.promises",
    features={"S1": "calendar.py", "S3": "clock.py"},
    models=("models",),
    consumers=("tasks:consumers",),
    sweeps=("tasks:sweeps",),
    kept={Kept.WORK: ("promise", "promise_interval", "promise_threshold")},
    never_open={NeverOpen.PART: ("promise", "promise_interval")},
)

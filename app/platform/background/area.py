"""What this area declares about itself."""

from typing import Final

from app.platform.kernel.areas import Area

AREA: Final = Area(
    package="app.platform.background",
    models=("models",),
    consumers=("daily_retention:consumers",),
    daily_jobs=("daily_retention:daily_jobs",),
    retention=("daily_jobs:retention",),
    not_archived={
        "job_run": "which nightly jobs this installation has run; another one runs its own",
    },
)

"""What this area declares about itself."""

from typing import Final

from app.platform.kernel.areas import AboutPeople, Area

AREA: Final = Area(
    package="app.platform.http",
    features={"X3": "application.py", "O3": "metrics.py"},
    models=("models",),
    retention=("retention:retention",),
    not_archived={
        "idempotency_key": "answers of the last day, kept against double clicks; they name requests, not records",
    },
    about_people={
        AboutPeople.PASSING: ("idempotency_key",),
    },
)

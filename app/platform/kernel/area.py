"""What this area declares about itself."""

from typing import Final

from app.platform.kernel.areas import AboutPeople, Area, Kept
from app.platform.kernel.client_company import KeptOfClient, NeverOpen

AREA: Final = Area(
    package="app.platform.kernel",
    features={"I3": "model.py", "O3": "logs.py", "O5": "../../../migrations"},
    models=("audit", "counters", "outbox"),
    kept={
        Kept.UNTIL_DONE: ("due_entry", "audit_pending", "counter"),
        Kept.EVIDENCE: ("audit_entry",),
    },
    about_people={
        AboutPeople.EVIDENCE: ("audit_entry",),
        AboutPeople.PASSING: ("outbox_event",),
        AboutPeople.NOBODY: ("counter",),
    },
    kept_after_erasure={
        "audit_entry": "network logs are kept six months at least; they name the person by an id only",
    },
    never_open={NeverOpen.PAST: ("audit_entry",)},
    kept_of_client={"audit_entry": KeptOfClient.LOGS},
)

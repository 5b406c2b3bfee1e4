"""What this area declares about itself."""

from typing import Final

from app.platform.kernel.areas import Area

AREA: Final = Area(
    package="app.portals.employee",
    features={"I4": "", "T1": "report_pages.py"},
    pages=("pages:handlers",),
)

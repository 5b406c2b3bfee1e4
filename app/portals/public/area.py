"""What this area declares about itself."""

from typing import Final

from app.platform.kernel.areas import Area

AREA: Final = Area(
    package="app.portals.public",
    features={"N1": "join_pages.py", "N4": "pages.py"},
    pages=("pages:handlers",),
)

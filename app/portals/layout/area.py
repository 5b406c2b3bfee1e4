"""What this area declares about itself."""

from typing import Final

from app.platform.kernel.areas import Area

AREA: Final = Area(
    package="app.portals.layout",
    pages=("pages:handlers",),
)

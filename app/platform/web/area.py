"""What this area declares about itself."""

from typing import Final

from app.platform.kernel.areas import Area

AREA: Final = Area(
    package="app.platform.web",
    features={"U1": "templates", "U2": "../../demo", "O1": "../embedded"},
    pages=("gallery_pages:handlers",),
)

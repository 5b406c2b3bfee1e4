"""The layout's variables of the public pages."""

from typing import Any

from litestar import Request

from app.kernel.texts import N_
from app.web.pages import speaker

PLACES = (
    ("partners", "/partners", N_("找服务商")),
    ("join", "/join", N_("加入萤火")),
    ("report", "/#report", N_("报修")),
)


def public_shell(request: Request[Any, Any, Any], place: str = "") -> dict[str, Any]:
    """Navigation without account menu and banners: the same for everybody, signed in or not."""
    speak = speaker(request)
    return {
        "places": [{"key": key, "href": href, "label": speak(label)} for key, href, label in PLACES],
        "place": place,
        "company": "",
        "banners": (),
        "slots": {},
        "live_source": "",
    }

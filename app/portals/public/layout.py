"""The layout's variables of the public pages."""

from typing import Any

from app.platform.http.web_request import WebRequest
from app.platform.kernel.texts import N_
from app.platform.web.pages import translator_of

NAVIGATION = (
    ("partners", "/partners", N_("找服务商")),
    ("join", "/join", N_("加入萤火")),
    ("report", "/#report", N_("报修")),
)


def public_layout_context(request: WebRequest, current_page: str = "") -> dict[str, Any]:
    """Navigation without account menu and banners: the same for everybody, signed in or not."""
    translate = translator_of(request)
    return {
        "navigation": [{"key": key, "href": href, "label": translate(label)} for key, href, label in NAVIGATION],
        "current_page": current_page,
        "company": "",
        "banners": (),
        "slots": {},
        "live_source": "",
    }

"""The layout's variables for every page: navigation, account menu, banners and slots, by the actor's permissions.

No database queries: everything comes from the session, and the numbers beside the navigation are asked for by their
address. Pages of the client portal pass `company` and `hot_line` themselves, which take precedence.
"""

from typing import Any, Final

from markupsafe import Markup

from app.people.identity import ROLE_NAMES
from app.platform.http.authentication import actor_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.actor import Actor, ActorKind
from app.platform.kernel.texts import N_, translator
from app.platform.kernel.time_source import platform_day
from app.platform.notifications.web_interface import BELL_SLOT
from app.portals.layout.navigation import (
    bar_of,
    current_page_of,
    groups_of,
    navigation_of,
    settings_address,
    settings_of,
    topics_of,
)
from rbac import Permission

# Tenant switch and bell belong to lower areas, which this one does not import; HTMX loads them by address.
_SLOTS: Final = {
    "bell": BELL_SLOT,
    "tenant_switch": Markup('<div hx-get="/memberships/menu" hx-trigger="load"></div>'),
}


_STAFF_SLOTS: Final = {
    **_SLOTS,
    "banners": Markup('<div class="banners" hx-get="/workspace/access/banner" hx-trigger="load"></div>'),
}
"""Partner staff see a banner while an access grant of headquarters is open [N8]."""


def layout_context(request: WebRequest) -> dict[str, Any]:
    """The layout's variables for the actor of this request; empty for visitors and reporters."""
    actor = actor_of(request)
    navigation = navigation_of(actor)
    if not navigation:
        return {}
    _ = translator(actor.language)
    here = current_page_of(navigation, request.scope["path"])
    settings = {entry.key for entry in settings_of(actor)}
    return {
        "places": groups_of(actor, _),
        "navigation": bar_of(actor, _),
        "current_page": here,
        "settings": settings_address(actor.kind) if here in settings else "",
        "counts_topics": topics_of(actor),
        "company": actor.tenant_name,
        "has_search": actor.kind is ActorKind.PROVIDER and actor.may(Permission.TICKET_READ),
        "account": {
            "name": actor.display_name,
            "role": "、".join(
                (*(_(ROLE_NAMES[role]) for role in actor.roles if role in ROLE_NAMES), *actor.own_role_names)
            ),
            "links": [{"href": "/account", "label": _(N_("我的账号")), "icon": "user"}],
        },
        "banners": _banners(actor),
        "slots": _STAFF_SLOTS if actor.kind is ActorKind.PROVIDER else _SLOTS,
        "live_source": "/live",
    }


def _banners(actor: Actor) -> list[dict[str, str]]:
    _ = translator(actor.language)
    if actor.erase_after is not None:
        # Whole days in the network's zone: what is erased "after" the 3rd is there on the 3rd.
        day = platform_day(actor.erase_after).isoformat()
        text = _(
            N_("贵公司已退出萤火网络：请在 %(day)s 前导出公司数据，之后将按规定清除。如有疑问请联系总部。"), day=day
        )
        return [{"tone": "bad", "text": text}]
    if actor.read_only:
        text = _(N_("贵公司已被总部暂停服务：可以查看和导出，不能修改。数据都保留，恢复后照常工作。请联系总部。"))
        return [{"tone": "attention", "text": text}]
    return []

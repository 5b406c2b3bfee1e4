"""The layout's variables for every page: navigation, account menu, banners and slots, by the actor's permissions.

No database queries: everything comes from the session. Pages of the client portal pass `company` and `hot_line`
themselves, which take precedence.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

from markupsafe import Markup

from app.people.identity import ROLE_NAMES
from app.platform.http.authentication import actor_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.actor import Actor, ActorKind
from app.platform.kernel.areas import NavigationEntry, NavigationGroup, areas
from app.platform.kernel.texts import N_, translator
from app.platform.kernel.time_source import PLATFORM_ZONE
from app.platform.notifications.web_interface import BELL_SLOT
from rbac import Permission

# In the order in which the groups stand.
_GROUPS: Final = tuple(NavigationGroup)

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
    return {
        "navigation": [
            {
                "key": entry.key,
                "href": entry.href,
                "label": _(entry.label),
                "icon": entry.icon,
                "shortcut": entry.shortcut,
            }
            for entry in navigation
        ],
        "current_page": current_page_of(navigation, request.scope["path"]),
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


@cache
def _navigation() -> Mapping[ActorKind, Sequence[NavigationEntry]]:
    """The entries that the areas declare, by portal, in order."""
    entries = sorted(
        (entry for area in areas() for entry in area.navigation),
        key=lambda entry: (_GROUPS.index(entry.group), entry.order),
    )
    return {kind: [entry for entry in entries if entry.portal is kind] for kind in ActorKind}


def navigation_of(actor: Actor) -> Sequence[NavigationEntry]:
    """The navigation entries of the actor's portal that the actor is permitted to open."""
    return [entry for entry in _navigation()[actor.kind] if actor.may(entry.permission)]


def current_page_of(navigation: Sequence[NavigationEntry], path: str) -> str:
    """The key of the entry whose address is the longest prefix of `path`; empty where there is none."""
    inside = [entry for entry in navigation if path == entry.href or path.startswith(f"{entry.href}/")]
    return max(inside, key=lambda entry: len(entry.href)).key if inside else ""


def _banners(actor: Actor) -> list[dict[str, str]]:
    _ = translator(actor.language)
    if actor.erase_after is not None:
        # Whole days in the network's zone: what is erased "after" the 3rd is there on the 3rd.
        day = actor.erase_after.astimezone(PLATFORM_ZONE).date().isoformat()
        text = _(
            N_("贵公司已退出萤火网络：请在 %(day)s 前导出公司数据，之后将按规定清除。如有疑问请联系总部。"), day=day
        )
        return [{"tone": "bad", "text": text}]
    if actor.read_only:
        text = _(N_("贵公司已被总部暂停服务：可以查看和导出，不能修改。数据都保留，恢复后照常工作。请联系总部。"))
        return [{"tone": "attention", "text": text}]
    return []

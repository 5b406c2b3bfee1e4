"""The layout's variables for every page: navigation, account menu, banners and slots, by the actor's permissions.

No database queries: everything comes from the session. Pages of the client portal pass `company` and `hot_line`
themselves, which take precedence.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from markupsafe import Markup

from app.people.identity import ROLE_NAMES
from app.platform.http.authentication import actor_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.actor import Actor, ActorKind
from app.platform.kernel.texts import N_, translator
from app.platform.kernel.time_source import PLATFORM_ZONE
from app.platform.notifications.web_interface import BELL_SLOT
from rbac import Permission


class NavigationEntry(NamedTuple):
    """One entry of the navigation. `label` is the Chinese source text, `shortcut` the letter after g."""

    key: str
    href: str
    label: str
    icon: str
    permission: Permission
    shortcut: str = ""


_DESK: Final = (
    NavigationEntry("today", "/workspace", N_("今日"), "sun", Permission.TICKET_READ, "h"),
    NavigationEntry("tickets", "/workspace/tickets", N_("服务单"), "ticket", Permission.TICKET_READ, "t"),
    NavigationEntry("hot-line", "/workspace/hot-line", N_("报修登记"), "headset", Permission.TICKET_TRIAGE, "r"),
    NavigationEntry("clients", "/workspace/clients", N_("客户"), "building", Permission.CLIENT_READ, "c"),
    NavigationEntry("devices", "/workspace/devices", N_("设备"), "device-desktop", Permission.DEVICE_READ, "d"),
    NavigationEntry("engineers", "/workspace/engineers", N_("工程师"), "tools", Permission.ENGINEER_READ, "e"),
    NavigationEntry(
        "service-levels", "/workspace/service-levels", N_("服务级别"), "clock", Permission.CLIENT_READ, "s"
    ),
    NavigationEntry(
        "corrective-actions",
        "/workspace/corrective-actions",
        N_("整改单"),
        "list-check",
        Permission.CORRECTIVE_ACTION_READ,
        "q",
    ),
    NavigationEntry("members", "/workspace/members", N_("成员"), "users", Permission.MEMBER_READ, "m"),
    NavigationEntry("deliveries", "/workspace/deliveries", N_("发送记录"), "send", Permission.DELIVERY_READ),
    NavigationEntry("access", "/workspace/access", N_("访问授权"), "eye", Permission.ACCESS_GRANT_READ),
    NavigationEntry("audit", "/workspace/audit", N_("操作记录"), "history", Permission.AUDIT_LOG_READ),
    NavigationEntry("api-tokens", "/workspace/api-tokens", N_("接口令牌"), "key", Permission.API_TOKEN_WRITE),
    NavigationEntry(
        "single-sign-on",
        "/workspace/single-sign-on",
        N_("公司账号登录"),
        "login",
        Permission.IDENTITY_PROVIDER_WRITE,
    ),
    NavigationEntry("history", "/workspace/history", N_("历史导入"), "upload", Permission.TICKET_IMPORT),
    NavigationEntry("company", "/workspace/company", N_("公司资料"), "building", Permission.TENANT_WRITE),
    NavigationEntry("records", "/workspace/records", N_("公司数据"), "database", Permission.TENANT_EXPORT),
)
_HEADQUARTERS: Final = (
    NavigationEntry("applications", "/hq/applications", N_("申请"), "inbox", Permission.APPLICATION_READ, "a"),
    NavigationEntry("partners", "/hq/partners", N_("服务商"), "building-community", Permission.PARTNER_READ, "p"),
    NavigationEntry("quality", "/hq", N_("全网质量"), "rosette", Permission.NETWORK_QUALITY_READ, "q"),
    NavigationEntry(
        "corrective-actions",
        "/hq/corrective-actions",
        N_("整改单"),
        "list-check",
        Permission.CORRECTIVE_ACTION_READ,
        "c",
    ),
    NavigationEntry("members", "/hq/members", N_("成员"), "users", Permission.MEMBER_READ, "m"),
    NavigationEntry("deliveries", "/hq/deliveries", N_("发送记录"), "send", Permission.DELIVERY_READ),
    NavigationEntry("access", "/hq/access", N_("访问授权"), "eye", Permission.ACCESS_GRANT_READ),
    NavigationEntry("audit", "/hq/audit", N_("操作记录"), "history", Permission.AUDIT_LOG_READ),
    NavigationEntry("api-tokens", "/hq/api-tokens", N_("接口令牌"), "key", Permission.API_TOKEN_WRITE),
)
_CLIENT: Final = (
    NavigationEntry("overview", "/portal", N_("概览"), "home", Permission.TICKET_READ, "h"),
    NavigationEntry("tickets", "/portal/tickets", N_("服务单"), "ticket", Permission.TICKET_READ, "t"),
    NavigationEntry("devices", "/portal/devices", N_("设备"), "device-desktop", Permission.DEVICE_READ, "d"),
    NavigationEntry("people", "/portal/people", N_("员工"), "users", Permission.CLIENT_READ, "p"),
    NavigationEntry("confidentiality", "/portal/confidentiality", N_("保密"), "lock", Permission.CLIENT_READ),
    NavigationEntry("audit", "/portal/audit", N_("操作记录"), "history", Permission.AUDIT_LOG_READ),
    NavigationEntry("api-tokens", "/portal/api-tokens", N_("接口令牌"), "key", Permission.API_TOKEN_WRITE),
    NavigationEntry(
        "single-sign-on",
        "/portal/single-sign-on",
        N_("公司账号登录"),
        "login",
        Permission.IDENTITY_PROVIDER_WRITE,
    ),
)
_NAVIGATION: Final = {
    ActorKind.PROVIDER: _DESK,
    ActorKind.HQ: _HEADQUARTERS,
    ActorKind.CLIENT: _CLIENT,
}

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


def navigation_of(actor: Actor) -> Sequence[NavigationEntry]:
    """The navigation entries of the actor's portal that the actor is permitted to open."""
    return [entry for entry in _NAVIGATION.get(actor.kind, ()) if actor.may(entry.permission)]


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

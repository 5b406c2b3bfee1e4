"""The layout's variables for every page: navigation, account menu, banners and slots, by the actor's permissions.

No database queries: everything comes from the session. Pages of the client portal pass `company` and `hot_line`
themselves, which take precedence.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from litestar import Request
from markupsafe import Markup

from app.http.authentication import actor_of
from app.identity import ROLE_NAMES
from app.kernel.actor import Actor, ActorKind
from app.kernel.texts import N_, translator
from app.notifications.pages import BELL_SLOT
from rbac import Permission

ZONE: Final = ZoneInfo("Asia/Shanghai")


class Place(NamedTuple):
    """One entry of the navigation. `label` is the Chinese source text, `go` the letter after g."""

    key: str
    href: str
    label: str
    icon: str
    permission: Permission
    go: str = ""


_WORKSPACE: Final = (
    Place("today", "/workspace", N_("今日"), "sun", Permission.TICKET_READ, "h"),
    Place("tickets", "/workspace/tickets", N_("服务单"), "ticket", Permission.TICKET_READ, "t"),
    Place("hot-line", "/workspace/hot-line", N_("报修登记"), "headset", Permission.TICKET_TRIAGE, "r"),
    Place("clients", "/workspace/clients", N_("客户"), "building", Permission.CLIENT_READ, "c"),
    Place("devices", "/workspace/devices", N_("设备"), "device-desktop", Permission.DEVICE_READ, "d"),
    Place("engineers", "/workspace/engineers", N_("工程师"), "tools", Permission.ENGINEER_READ, "e"),
    Place("service-levels", "/workspace/service-levels", N_("服务级别"), "clock", Permission.CLIENT_READ, "s"),
    Place(
        "corrective-actions",
        "/workspace/corrective-actions",
        N_("整改单"),
        "list-check",
        Permission.CORRECTIVE_ACTION_READ,
        "q",
    ),
    Place("members", "/workspace/members", N_("成员"), "users", Permission.MEMBER_READ, "m"),
    Place("deliveries", "/workspace/deliveries", N_("发送记录"), "send", Permission.DELIVERY_READ),
    Place("access", "/workspace/access", N_("访问授权"), "eye", Permission.ACCESS_GRANT_READ),
    Place("audit", "/workspace/audit", N_("操作记录"), "history", Permission.AUDIT_LOG_READ),
    Place("api-tokens", "/workspace/api-tokens", N_("接口令牌"), "key", Permission.API_TOKEN_WRITE),
    Place(
        "single-sign-on",
        "/workspace/single-sign-on",
        N_("公司账号登录"),
        "login",
        Permission.IDENTITY_PROVIDER_WRITE,
    ),
    Place("history", "/workspace/history", N_("历史导入"), "upload", Permission.TICKET_IMPORT),
    Place("company", "/workspace/company", N_("公司资料"), "building", Permission.TENANT_WRITE),
    Place("records", "/workspace/records", N_("公司数据"), "database", Permission.TENANT_EXPORT),
)
_HEADQUARTERS: Final = (
    Place("applications", "/hq/applications", N_("申请"), "inbox", Permission.APPLICATION_READ, "a"),
    Place("partners", "/hq/partners", N_("服务商"), "building-community", Permission.PARTNER_READ, "p"),
    Place("quality", "/hq", N_("全网质量"), "rosette", Permission.NETWORK_QUALITY_READ, "q"),
    Place(
        "corrective-actions",
        "/hq/corrective-actions",
        N_("整改单"),
        "list-check",
        Permission.CORRECTIVE_ACTION_READ,
        "c",
    ),
    Place("members", "/hq/members", N_("成员"), "users", Permission.MEMBER_READ, "m"),
    Place("deliveries", "/hq/deliveries", N_("发送记录"), "send", Permission.DELIVERY_READ),
    Place("access", "/hq/access", N_("访问授权"), "eye", Permission.ACCESS_GRANT_READ),
    Place("audit", "/hq/audit", N_("操作记录"), "history", Permission.AUDIT_LOG_READ),
    Place("api-tokens", "/hq/api-tokens", N_("接口令牌"), "key", Permission.API_TOKEN_WRITE),
)
_PORTAL: Final = (
    Place("overview", "/portal", N_("概览"), "home", Permission.TICKET_READ, "h"),
    Place("tickets", "/portal/tickets", N_("服务单"), "ticket", Permission.TICKET_READ, "t"),
    Place("devices", "/portal/devices", N_("设备"), "device-desktop", Permission.DEVICE_READ, "d"),
    Place("people", "/portal/people", N_("员工"), "users", Permission.CLIENT_READ, "p"),
    Place("confidentiality", "/portal/confidentiality", N_("保密"), "lock", Permission.CLIENT_READ),
    Place("audit", "/portal/audit", N_("操作记录"), "history", Permission.AUDIT_LOG_READ),
    Place("api-tokens", "/portal/api-tokens", N_("接口令牌"), "key", Permission.API_TOKEN_WRITE),
    Place(
        "single-sign-on",
        "/portal/single-sign-on",
        N_("公司账号登录"),
        "login",
        Permission.IDENTITY_PROVIDER_WRITE,
    ),
)
_PLACES: Final = {
    ActorKind.PROVIDER: _WORKSPACE,
    ActorKind.HQ: _HEADQUARTERS,
    ActorKind.CLIENT: _PORTAL,
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


def shell(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """The layout's variables for the actor of this request; empty for visitors and reporters."""
    actor = actor_of(request)
    places = places_of(actor)
    if not places:
        return {}
    _ = translator(actor.language)
    return {
        "places": [
            {"key": place.key, "href": place.href, "label": _(place.label), "icon": place.icon, "go": place.go}
            for place in places
        ],
        "place": present_place(places, request.scope["path"]),
        "company": actor.tenant_name,
        "searches": actor.kind is ActorKind.PROVIDER and actor.may(Permission.TICKET_READ),
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


def places_of(actor: Actor) -> Sequence[Place]:
    """The navigation entries of the actor's portal that the actor is permitted to open."""
    return [place for place in _PLACES.get(actor.kind, ()) if actor.may(place.permission)]


def present_place(places: Sequence[Place], path: str) -> str:
    """The key of the entry whose address is the longest prefix of `path`; empty where there is none."""
    inside = [place for place in places if path == place.href or path.startswith(f"{place.href}/")]
    return max(inside, key=lambda place: len(place.href)).key if inside else ""


def _banners(actor: Actor) -> list[dict[str, str]]:
    _ = translator(actor.language)
    if actor.erase_after is not None:
        # Whole days in the network's zone: what is erased "after" the 3rd is there on the 3rd.
        day = actor.erase_after.astimezone(ZONE).date().isoformat()
        text = _(
            N_("贵公司已退出萤火网络：请在 %(day)s 前导出公司数据，之后将按规定清除。如有疑问请联系总部。"), day=day
        )
        return [{"tone": "bad", "text": text}]
    if actor.read_only:
        text = _(N_("贵公司已被总部暂停服务：可以查看和导出，不能修改。数据都保留，恢复后照常工作。请联系总部。"))
        return [{"tone": "attention", "text": text}]
    return []

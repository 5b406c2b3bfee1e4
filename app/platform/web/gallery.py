"""Sample content for the component gallery, used in development and by browser tests. All names are invented."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta

from app.platform.kernel.errors import Invalid
from app.platform.kernel.input_text import CODE, LINE, TEXT, Input, Label
from app.platform.kernel.texts import SOURCE_LANGUAGE, translator
from app.platform.web.charts import Series, Target
from app.platform.web.form_fields import fields_of
from app.platform.web.form_values import FormValues
from app.platform.web.forms import FormProblem
from app.platform.web.records import RecordHead

NOW = datetime(2026, 11, 19, 6, 40, tzinfo=UTC)
"""14:40 in Xiamen."""

PAGES = {
    "workspace": "gallery/workspace.html",
    "record": "gallery/record.html",
    "lists": "gallery/lists.html",
    "components": "gallery/components.html",
    "employee": "gallery/employee.html",
    "follow": "gallery/follow.html",
    "field": "gallery/field.html",
    "portal": "gallery/portal.html",
    "public": "gallery/public.html",
    "error": "error.html",
}
"""The name of each gallery page and its template."""

_WORKSPACE_PLACES = [
    {
        "key": "daily",
        "label": "每天",
        "entries": [
            {"key": "today", "href": "/today", "label": "今天", "icon": "sun", "shortcut": "h"},
            {
                "key": "tickets",
                "href": "/tickets",
                "label": "服务单",
                "icon": "ticket",
                "shortcut": "t",
                "waiting": "张待派单",
            },
            {"key": "board", "href": "/board", "label": "派单台", "icon": "layout-kanban", "shortcut": "b"},
        ],
    },
    {
        "key": "records",
        "label": "档案",
        "entries": [
            {"key": "clients", "href": "/clients", "label": "客户", "icon": "building", "shortcut": "c"},
            {"key": "devices", "href": "/devices", "label": "设备", "icon": "device-desktop", "shortcut": "d"},
            {"key": "engineers", "href": "/engineers", "label": "工程师", "icon": "users", "shortcut": "e"},
        ],
    },
    {
        "key": "quality",
        "label": "质量",
        "entries": [{"key": "quality", "href": "/quality", "label": "整改单", "icon": "rosette", "shortcut": "q"}],
    },
    {
        "key": "settings",
        "label": "设置",
        "entries": [
            {
                "key": "settings",
                "href": "/settings",
                "label": "设置",
                "icon": "settings",
                "shortcut": ",",
                "places": [
                    {"key": "members", "href": "/members", "label": "成员", "icon": "users", "shortcut": "m"},
                    {"key": "components", "href": "/components", "label": "组件", "icon": "box"},
                ],
            }
        ],
    },
]

_PORTAL_PLACES = [
    {
        "key": "daily",
        "label": "每天",
        "entries": [
            {"key": "today", "href": "/portal", "label": "今天", "icon": "home"},
            {"key": "tickets", "href": "/portal/tickets", "label": "服务单", "icon": "ticket", "waiting": "张等您确认"},
        ],
    },
    {
        "key": "records",
        "label": "档案",
        "entries": [
            {"key": "devices", "href": "/portal/devices", "label": "设备", "icon": "device-desktop"},
            {"key": "reports", "href": "/portal/reports", "label": "报告", "icon": "file-text"},
        ],
    },
]


_PROMISE = {
    "label": "到场",
    "standing": "urgent",
    "remaining_seconds": 480,
    "counts_for_seconds": None,
    "attention_below": 900,
    "urgent_below": 600,
    "service_hours": True,
    "due_at": NOW + timedelta(minutes=8),
    "started_at": NOW - timedelta(minutes=22),
    "waiting_for": "",
    "reason": "",
    "stands_still": False,
    "is_open": True,
    "stopped_at": None,
    "pauses": [
        {
            "reason": "等待客户",
            "started_at": NOW - timedelta(minutes=20),
            "ended_at": NOW - timedelta(minutes=12),
        }
    ],
    "breached_at": None,
    "used_seconds": 1320,
    "target_seconds": 1800,
}


def _bar(places: list[dict[str, Any]]) -> list[Any]:
    """The first four places, for the bottom of a phone."""
    return [entry for group in places for entry in group["entries"]][:4]


_PHONE_NAVIGATION = [
    {"key": "today", "href": "/field", "label": "今天", "icon": "sun"},
    {"key": "week", "href": "/field/week", "label": "本周", "icon": "calendar"},
    {"key": "devices", "href": "/field/devices", "label": "查设备", "icon": "qrcode"},
    {"key": "me", "href": "/field/me", "label": "我", "icon": "user"},
]


def _ticket(number: str, title: str, level: int, **more: Any) -> dict[str, Any]:
    return {"number": number, "title": title, "priority": level} | more


def _tickets() -> list[dict[str, Any]]:
    return [
        _ticket(
            "FW-20261119-0031",
            "三楼整层上不了网，收银也停了",
            1,
            client="鹭岛海产贸易有限公司",
            place="湖里总部 · 三楼",
            word="前往中",
            tone="active",
            engineer="陈嘉木",
            label="到场",
            state="urgent",
            remaining=8 * 60,
            at=NOW - timedelta(minutes=22),
        ),
        _ticket(
            "FW-20261119-0028",
            "财务打印机卡纸，凭证打不出来",
            2,
            client="厦门市同安区闽南古厝文化旅游发展集团股份有限公司",
            place="同安 · 财务部",
            word="处理中",
            tone="active",
            engineer="林晓彤",
            label="解决",
            state="attention",
            remaining=75 * 60,
            at=NOW - timedelta(hours=2, minutes=5),
        ),
        _ticket(
            "FW-20261119-0026",
            "新同事电脑装 Office 和 ERP 客户端",
            3,
            client="海沧精密模具",
            place="海沧厂区 · 工程部",
            word="等待客户",
            tone="waiting",
            engineer="林晓彤",
            label="解决",
            state="paused",
            remaining=5 * 3600,
            at=NOW - timedelta(hours=3),
        ),
        _ticket(
            "FW-20261119-0024",
            "会议室投影没有信号",
            3,
            client="鹭岛海产贸易有限公司",
            place="湖里总部 · 二楼会议室",
            word="新报修",
            tone="info",
            engineer="",
            label="响应",
            state="breached",
            remaining=-12 * 60,
            at=NOW - timedelta(minutes=27),
        ),
        _ticket(
            "FW-20261119-0019",
            "Outlook 密码过期，登不上",
            4,
            client="集美光电",
            place="集美 · 人事部",
            word="已派单",
            tone="info",
            engineer="王志远",
            label="解决",
            state="calm",
            remaining=6 * 3600 + 20 * 60,
            at=NOW - timedelta(hours=4),
        ),
        _ticket(
            "FW-20261118-0057",
            "服务器备份报错，请远程看一下",
            2,
            client="集美光电",
            place="集美 · 机房",
            word="已解决",
            tone="good",
            engineer="王志远",
            label="解决",
            state="met",
            remaining=1800,
            at=NOW - timedelta(days=1, hours=1),
        ),
    ]


def _timeline() -> list[dict[str, Any]]:
    return [
        {
            "at": NOW - timedelta(minutes=4),
            "actor": "陈嘉木",
            "action": "出发，预计 14:48 到",
            "icon": "car",
            "latest": True,
        },
        {
            "at": NOW - timedelta(minutes=15),
            "actor": "苏敏",
            "action": "派给 陈嘉木",
            "icon": "user-check",
            "words": "客户说收银也停了，先恢复收银那台交换机。\n前台电话 0592-5550123，找黄小姐。",
            "internal": True,
        },
        {
            "at": NOW - timedelta(minutes=19),
            "actor": "系统",
            "action": "到场时间已用一半，已通知 技术主管",
            "icon": "bell",
        },
        {
            "at": NOW - timedelta(minutes=22),
            "actor": "黄雅婷",
            "action": "报修",
            "icon": "send",
            "words": "早上还好好的，午休回来三楼全部断网，无线也连不上。",
            "files": [
                {"href": "#", "name": "交换机指示灯.jpg", "size": 412_000},
                {"href": "#", "name": "报错截图.png", "size": 2_480_000},
            ],
        },
    ]


class _ContractForm(Input, frozen=True):
    """A form that is drawn from its struct."""

    title: Annotated[str, LINE, Meta(min_length=1, max_length=120), Label("名称")]
    starts_on: Annotated[date, Label("开始日期")]
    category: Annotated[str, CODE, Label("类别")]
    seats: Annotated[int, Meta(ge=1, le=500), Label("设备台数")] = 1
    remark: Annotated[str, TEXT, Meta(max_length=500), Label("备注", hint="客户也看得到")] = ""
    renewing: Annotated[bool, Label("到期自动续约")] = False


def _struct_form() -> dict[str, Any]:
    """A form as it comes back: what was typed, and what is wrong with it."""
    values = FormValues({"title": "整体运维 2027", "starts_on": "2027-01-01", "category": "care", "seats": "0"})
    problem = FormProblem()
    try:
        values.read(_ContractForm)
    except Invalid as error:
        problem = FormProblem.of(error, translator(SOURCE_LANGUAGE))
    return {"fields": fields_of(_ContractForm), "values": values, "problem": problem}


def context() -> Mapping[str, Any]:
    """The template context of all gallery pages."""
    months = [f"{month} 月" for month in range(1, 12)]
    return {
        "now": NOW,
        "csrf_token": "gallery",
        "struct_form": _struct_form(),
        "company": "厦门鹭光信息服务",
        "client": "鹭岛海产贸易有限公司",
        "hot_line": "0592-555 0119",
        "account": {
            "name": "苏敏",
            "links": [
                {"href": "/me", "label": "我的资料", "icon": "user"},
                {"href": "/me/notices", "label": "提醒方式", "icon": "bell"},
            ],
        },
        "workspace_places": _WORKSPACE_PLACES,
        "counts_topics": "tickets",
        "promise": _PROMISE,
        "workspace_bar": _bar(_WORKSPACE_PLACES),
        "phone_navigation": _PHONE_NAVIGATION,
        "portal_places": _PORTAL_PLACES,
        "portal_bar": _bar(_PORTAL_PLACES),
        "public_navigation": [
            {"key": "partners", "href": "/partners", "label": "找服务商"},
            {"key": "join", "href": "/join", "label": "加入萤火"},
            {"key": "report", "href": "/report", "label": "报修"},
        ],
        "banners": [
            {
                "tone": "attention",
                "text": "总部质量专员正在查看本公司 11 月的服务单（只读，至 18:00）。",
                "href": "/access",
                "label": "看访问记录",
            }
        ],
        "tickets": _tickets(),
        "shown_ticket": _tickets()[0],
        "record": RecordHead(
            kind="contract",
            id=UUID(int=26),
            title="整体运维 2026",
            number="HT-2026-014",
            base="/contracts/014",
            list_href="/contracts",
            list_label="合同",
        ),
        "record_tabs": [
            {"key": "", "href": "/contracts/014", "label": "概况"},
            {"key": "devices", "href": "/contracts/014/devices", "label": "设备", "count": 87},
            {"key": "invoices", "href": "/contracts/014/invoices", "label": "账单", "count": 11},
            {"key": "audit", "href": "/contracts/014?tab=audit", "label": "操作记录"},
        ],
        "timeline": _timeline(),
        "engineers": [("陈嘉木", "高级"), ("林晓彤", "中级"), ("王志远", "中级")],
        "months": months,
        "attainment": [
            Series("到场", [93.1, 94.0, 92.2, 95.4, 96.1, 95.8, 94.9, 96.6, 97.0, 96.2, 97.4]),
            Series("解决", [90.2, 91.5, 89.7, 92.8, 92.1, 94.0, None, 94.4, 95.1, 94.6, 95.9]),
        ],
        "targets": [Target("解决的阈值", 90)],
        "encoded": {
            "encoding": "gb18030",
            "is_guess": True,
            "lines": ["资产编号,名称,使用人", "XM-PC-0418,台式电脑,陈晓雯", "XM-PC-0419,笔记本电脑,林志强"],
        },
        "volume": [
            Series("软件", [41, 38, 52, 47, 44, 50, 61, 58, 49, 45, 33]),
            Series("硬件", [22, 19, 27, 24, 30, 26, 35, 31, 24, 22, 18]),
            Series("网络", [12, 9, 14, 11, 8, 13, 17, 12, 10, 9, 7]),
        ],
        "checks": [
            {"value": "ups", "label": "检查 UPS 电量和告警", "done": True},
            {"value": "switch", "label": "核心交换机日志有无端口震荡", "done": True},
            {
                "value": "backup",
                "label": "昨晚备份是否成功",
                "done": False,
                "line": "看备份服务器上最近一次的结果，失败就建新的服务单",
            },
            {"value": "temperature", "label": "机房温度 22–26 ℃", "done": False},
        ],
        "faults": [
            {"value": "power", "label": "开不了机", "icon": "power"},
            {"value": "network", "label": "上不了网", "icon": "wifi-off"},
            {"value": "print", "label": "打印", "icon": "printer"},
            {"value": "software", "label": "软件", "icon": "app-window"},
            {"value": "account", "label": "账号 / 密码", "icon": "key"},
            {"value": "other", "label": "其他", "icon": "help"},
        ],
        "heading": "找不到这张服务单",
        "explanation": "它可能已经合并到另一张，或者不在您能看到的范围里。核对一下单号，或回到列表里找。",
        "next_steps": [{"href": "/tickets", "label": "回到服务单"}, {"href": "/", "label": "回首页"}],
        "request_id": "0192f6a1",
    }

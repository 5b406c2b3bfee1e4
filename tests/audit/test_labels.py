"""Every entry of the log is read by people: what is written has words."""

import ast
from collections.abc import Iterator

import pytest

from app.people.audit.details import NAMES, details_text
from app.people.audit.former_names import FORMER_ACTIONS
from app.people.audit.labels import action_label, action_labels, record_labels
from app.platform.kernel.ids import new_id
from tests.architecture.audit_calls import KINDS, writing_calls

WITHOUT_LABEL = {
    *("before", "after", "parameter"),
    *(
        "agreement",
        "client",
        "clients",
        "devices",
        "engineer",
        "grant",
        "identity_provider",
        "invoice",
        "link",
        "member",
        "members",
        "record",
        "subject",
        "ticket",
        "request",
        "visit",
    ),
}
"""The two values of a change, `Audited`'s own arguments, and ids."""


def kinds_written() -> Iterator[tuple[str, str]]:
    """(where, kind of record) of every entry whose kind is written out in the source, and of shared services."""
    for call in writing_calls():
        for node in call.node.args[call.place + 1 : call.place + 2]:
            if isinstance(node, ast.Constant):
                yield call.where, str(node.value)
    yield from ((module, kind) for module, kinds in KINDS.items() for kind in kinds)


def audit_details() -> Iterator[tuple[str, str]]:
    """(where, name) of every detail, those included that are taken from an address."""
    for call in writing_calls():
        for keyword in call.node.keywords:
            if keyword.arg == "query":
                # A list's filters are named by the list, and drawn with their own labels.
                yield from (
                    (call.where, str(each.value)) for each in ast.walk(keyword.value) if isinstance(each, ast.Constant)
                )
            elif keyword.arg and not keyword.arg.endswith("_id"):
                yield call.where, keyword.arg


def test_every_kind_of_record_has_words() -> None:
    silent = [f"{where}: {kind}" for where, kind in kinds_written() if kind not in record_labels()]
    assert not silent, "label these in their area.py (audit_records), or owners read codes:\n" + "\n".join(silent)


def test_every_detail_has_a_name() -> None:
    nameless = [
        f"{where}: {name}" for where, name in audit_details() if name not in NAMES and name not in WITHOUT_LABEL
    ]
    assert not nameless, (
        "give app/people/audit/details.py names for these; ids are left out by their values, so list them in "
        "WITHOUT_LABEL:\n" + "\n".join(nameless)
    )


@pytest.mark.parametrize(
    ("details", "words"),
    [
        ({"before": "triaged", "after": "assigned"}, "已分类 → 已派单"),
        ({"channel": "hot_line", "priority": "P2"}, "渠道 热线 · 优先级 P2"),
        ({"client_id": str(new_id()), "devices": [str(new_id())]}, ""),
        ({"fields": ["brand", "model"], "client_id": None}, "项目 brand、model"),
        ({"something_new": 7}, "something_new 7"),
        ({"engineer": str(new_id()), "ended": False}, "已取消准入 否"),
        ({"reach": "company"}, "负责范围 全公司"),
        ({"access_scope": "assigned", "clients": [str(new_id())]}, "负责范围 负责的客户"),
        ({"permissions": ["ticket:read"], "reads_only": True}, "权限 阅读服务单 · 只读 是"),
        ({"permissions": ["calendar:write"]}, "权限 管理服务日历和服务级别"),
        ({"action": "clients."}, "操作 客户资料"),
        ({"action": "clients.client_added"}, "操作 新建客户"),
        ({"kinds": ["ticket", "device"], "hours": 24}, "记录类别 服务单、设备 · 小时数 24"),
        ({"kind": "site", "before": None, "after": str(new_id()), "tickets": 3}, "类别 地点 · 服务单数 3"),
        ({"q": "林", "action": "session.", "period": "30"}, "查找 林 · 操作 登录与退出 · 最近天数 30"),
        ({"expires_at": "2026-11-27T12:30:00+00:00"}, "到期 2026-11-27 20:30"),
    ],
)
def test_details_are_told_in_words_and_ids_are_left_out(details: dict[str, object], words: str) -> None:
    assert details_text(details, str) == words


@pytest.mark.parametrize("former", FORMER_ACTIONS)
def test_an_entry_of_a_former_name_is_labelled(former: str) -> None:
    assert action_label(former, str) == action_labels()[FORMER_ACTIONS[former]]

"""Every entry of the log is read by people: what is written has words."""

import ast
from collections.abc import Iterable, Iterator

import pytest

from app.audit.details import NAMES, details_in_words
from app.audit.words import ACTIONS, RECORDS
from app.clients.models import Contact, Department, Employee, Site
from app.kernel.ids import new_id
from app.kernel.texts import ROOT
from app.sla.models import ServiceCalendarRecord, SlaPolicy
from app.tickets.lifecycle import Move as TicketMove
from tenants.access.lifecycle import GrantMove as AccessMove
from tenants.context import Command
from tenants.corrective_actions.lifecycle import Move as CorrectionMove

WRITING = {"audit": 0, "audit_rows": 0, "audit_as": 1, "Audited": 0}
"""What writes an entry, and the place of the action among its arguments; the kind of record follows."""
PARTS = (Contact, Department, Employee, Site)
DOCUMENTS = (ServiceCalendarRecord, SlaPolicy)
UNTOLD = {
    *("before", "after", "parameter"),
    *(
        "agreement",
        "client",
        "clients",
        "devices",
        "engineer",
        "grant",
        "identity_provider",
        "member",
        "members",
        "record",
        "ticket",
        "request",
        "visit",
    ),
}
"""The two values of a change, `Audited`'s own arguments, and ids."""


def writing_calls() -> Iterator[tuple[str, int, ast.Call]]:
    """(where, place of the action among the arguments, call) of everything that writes an entry."""
    for folder in ("app", "tenants", "billing", "rbac"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if not isinstance(node, ast.Call):
                    continue
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name in WRITING:
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", WRITING[name], node


def written() -> Iterator[tuple[str, str, str]]:
    """(where, action, kind of record) of every entry whose action is written out in the source."""
    for where, place, call in writing_calls():
        literals = call.args[place : place + 2]
        told = [each.value for each in literals if isinstance(each, ast.Constant)]
        if len(told) == len(literals) == 2:
            yield where, str(told[0]), str(told[1])


def told_beside() -> Iterator[tuple[str, str]]:
    """(where, name) of every detail, those included that are taken from an address."""
    for where, _, call in writing_calls():
        for keyword in call.keywords:
            if keyword.arg == "query":
                yield from ((where, str(name)) for name in ast.literal_eval(keyword.value))
            elif keyword.arg and not keyword.arg.endswith("_id"):
                yield where, keyword.arg


def test_every_action_and_record_has_words() -> None:
    silent = [
        f"{where}: {code}"
        for where, action, kind in written()
        for code, words in ((action, ACTIONS), (kind, RECORDS))
        if code not in words
    ]
    assert not silent, "give app/audit/words.py words for these, or owners read codes:\n" + "\n".join(silent)


def test_every_action_of_a_family_has_words() -> None:
    """Actions that are put together from a machine's moves, commands or kinds of records."""
    parts = [f"{model.__tablename__}_{what}" for model in PARTS for what in ("added", "changed", "state_changed")]
    documents = [f"{model.__tablename__}_{what}" for model in DOCUMENTS for what in ("added", "changed")]
    families: dict[str, Iterable[str]] = {
        "access": AccessMove,
        "clients": parts,
        "corrective_action": CorrectionMove,
        "elevated": Command,
        "sla": documents,
        "ticket": TicketMove,
    }
    silent = [
        f"{area}.{each}" for area, family in families.items() for each in family if f"{area}.{each}" not in ACTIONS
    ]
    silent += [kind for model in (*PARTS, *DOCUMENTS) if (kind := model.__tablename__) not in RECORDS]
    assert not silent, "give app/audit/words.py words for these, or owners read codes:\n" + "\n".join(silent)


def test_every_detail_has_a_name() -> None:
    nameless = [f"{where}: {name}" for where, name in told_beside() if name not in NAMES and name not in UNTOLD]
    assert not nameless, (
        "give app/audit/details.py names for these; ids are left out by their values, so list them in UNTOLD:\n"
        + "\n".join(nameless)
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
        ({"reach": "assigned", "clients": [str(new_id())]}, "负责范围 负责的客户"),
        ({"permissions": ["ticket:read"], "reads_only": True}, "权限 阅读服务单 · 只读 是"),
        ({"kinds": ["ticket", "device"], "hours": 24}, "记录类别 服务单、设备 · 小时数 24"),
        ({"kind": "site", "before": None, "after": str(new_id()), "tickets": 3}, "类别 地点 · 服务单数 3"),
        ({"q": "林", "action": "session.", "period": "30"}, "查找 林 · 操作 登录与退出 · 最近天数 30"),
        ({"expires_at": "2026-11-27T12:30:00+00:00"}, "到期 2026-11-27 20:30"),
    ],
)
def test_details_are_told_in_words_and_ids_are_left_out(details: dict[str, object], words: str) -> None:
    assert details_in_words(details, str) == words

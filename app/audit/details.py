"""What an entry says beside its action, in words: states, channels, counts. Ids say nothing to a reader and are left to
the export; a name or value without words is shown as it is."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from app.kernel.texts import N_, Translator

NAMES: Final[Mapping[str, str]] = {
    "channel": N_("渠道"),
    "edition": N_("版次"),
    "fields": N_("项目"),
    "format": N_("格式"),
    "level": N_("级别"),
    "lines": N_("行数"),
    "measure": N_("指标"),
    "priority": N_("优先级"),
    "problem": N_("问题"),
    "refused": N_("拒绝"),
    "roles": N_("角色"),
    "rows": N_("行数"),
    "score": N_("评分"),
    "source": N_("文件"),
    "state": N_("状态"),
    "tickets": N_("服务单数"),
}

VALUES: Final[Mapping[str, str]] = {
    "accepted": N_("已接单"),
    "active": N_("正常"),
    "api": N_("接口"),
    "assigned": N_("已派单"),
    "cancelled": N_("已取消"),
    "closed": N_("已关闭"),
    "confirmed": N_("已确认"),
    "declined": N_("已拒绝"),
    "done": N_("已完成"),
    "effective": N_("有效"),
    "employee": N_("员工自助"),
    "en_route": N_("在途"),
    "expired": N_("已到期"),
    "hot_line": N_("热线"),
    "in_progress": N_("进行中"),
    "ineffective": N_("无效"),
    "new": N_("新建"),
    "on_site": N_("现场处理"),
    "open": N_("打开"),
    "planned": N_("已计划"),
    "portal": N_("客户门户"),
    "remote": N_("远程处理"),
    "reopened": N_("重新打开"),
    "requested": N_("已申请"),
    "resolved": N_("已解决"),
    "revoked": N_("已收回"),
    "suspended": N_("已停用"),
    "terminated": N_("已终止"),
    "triaged": N_("已分类"),
    "waiting": N_("等待中"),
    "withdrawn": N_("已撤回"),
}

LONGEST: Final = 200


def details_in_words(details: Mapping[str, Any], translate: Translator) -> str:
    """`已分类 → 已派单 · 优先级 P3`."""
    rest = dict(details)
    said = []
    if "before" in rest and "after" in rest:
        said.append(f"{_value(rest.pop('before'), translate)} → {_value(rest.pop('after'), translate)}")
    for name, value in rest.items():
        if _is_id(value) or value in (None, "", []):
            continue
        known = NAMES.get(name)
        said.append(f"{translate(known) if known else name} {_value(value, translate)}")
    return " · ".join(said)[:LONGEST]


def _value(value: Any, translate: Translator) -> str:
    if isinstance(value, list):
        return "、".join(_value(each, translate) for each in value if not _is_id(each))
    text = str(value)
    return translate(VALUES[text]) if text in VALUES else text


def _is_id(value: Any) -> bool:
    if isinstance(value, list):
        return bool(value) and all(map(_is_id, value))
    try:
        UUID(str(value))
    except ValueError:
        return False
    return True

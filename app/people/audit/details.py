"""An audit entry's details as text: states, channels, counts. Ids are left out here and kept in the export; a name or
value without a label is shown as it is."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

from app.people.audit.former_names import (
    FORMER_ACTIONS,
    FORMER_AREAS,
    FORMER_DETAILS,
    FORMER_PERMISSIONS,
    FORMER_RECORDS,
)
from app.people.audit.labels import action_labels, groups, record_labels
from app.platform.kernel.texts import N_, Translator
from app.platform.web.formatting import local_time
from rbac.roles import AccessScope, permission_names

NAMES: Final[Mapping[str, str]] = {
    "action": N_("操作"),
    "active": N_("启用"),
    "alone": N_("一人批准"),
    "archive": N_("校验值"),
    "audience": N_("给谁"),
    "certificate": N_("校验值"),
    "channel": N_("渠道"),
    "code": N_("编号"),
    "count": N_("数量"),
    "day": N_("日期"),
    "digest": N_("校验值"),
    "document": N_("单据"),
    "drafts": N_("草稿数"),
    "edition": N_("版次"),
    "effective_from": N_("生效日期"),
    "ended": N_("已取消准入"),
    "expires_at": N_("到期"),
    "fields": N_("项目"),
    "files": N_("文件数"),
    "format": N_("格式"),
    "hours": N_("小时数"),
    "issuer": N_("签发方"),
    "kind": N_("类别"),
    "kinds": N_("记录类别"),
    "last_day": N_("截止日期"),
    "level": N_("级别"),
    "line": N_("合同行"),
    "lines": N_("行数"),
    "list": N_("列表"),
    "measure": N_("指标"),
    "method": N_("方式"),
    "milestone": N_("里程碑"),
    "month": N_("月份"),
    "period": N_("最近天数"),
    "number": N_("编号"),
    "payment": N_("收款"),
    "payout": N_("结算编号"),
    "percent": N_("百分比"),
    "permissions": N_("权限"),
    "plan": N_("套餐"),
    "price": N_("价格"),
    "product": N_("服务"),
    "priority": N_("优先级"),
    "problem": N_("问题"),
    "q": N_("查找"),
    "reason": N_("原因"),
    "access_scope": N_("负责范围"),
    "reads_only": N_("只读"),
    "record_kind": N_("记录类别"),
    "refused": N_("拒绝"),
    "requested_by": N_("申请人"),
    "roles": N_("角色"),
    "route": N_("网页地址"),
    "rows": N_("行数"),
    "score": N_("评分"),
    "shared": N_("共享"),
    "since": N_("起"),
    "source": N_("文件"),
    "state": N_("状态"),
    "step": N_("第几次提醒"),
    "subject_kind": N_("事项"),
    "tickets": N_("服务单数"),
    "tokens_ended": N_("同时停用接口令牌"),
    "until": N_("止"),
    "version": N_("版次"),
}


@cache
def own_values() -> Mapping[str, Mapping[str, str]]:
    """Of details whose values mean something else elsewhere."""
    named = {prefix: group.label for prefix, group in groups().items()}
    actions, permissions = action_labels(), permission_names()
    return {
        "action": {
            **named,
            **actions,
            **{former: named[present] for former, present in FORMER_AREAS.items()},
            **{former: actions[present] for former, present in FORMER_ACTIONS.items()},
        },
        "permissions": {
            **permissions,
            **{former: permissions[present] for former, present in FORMER_PERMISSIONS.items()},
        },
        "access_scope": {
            AccessScope.BY_ROLE: N_("按角色"),
            AccessScope.COMPANY: N_("全公司"),
            AccessScope.ASSIGNED: N_("负责的客户"),
        },
    }


VALUES: Final[Mapping[str, str]] = {
    "accepted": N_("已接单"),
    "active": N_("正常"),
    "api": N_("接口"),
    "assigned": N_("已派单"),
    "caller": N_("来电人"),
    "cancelled": N_("已取消"),
    "closed": N_("已关闭"),
    "confirmed": N_("已确认"),
    "consent": N_("同意处理硬盘上的数据"),
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
    "not_answered": N_("没有在期限内答复"),
    "on_site": N_("现场处理"),
    "open": N_("打开"),
    "operator": N_("系统管理员"),
    "owner": N_("公司所有人"),
    "planned": N_("已计划"),
    "portal": N_("客户门户"),
    "refusal": N_("不同意处理数据"),
    "remote": N_("远程处理"),
    "reopened": N_("重新打开"),
    "requested": N_("已申请"),
    "resolved": N_("已解决"),
    "retained": N_("坏盘留给客户"),
    "revoked": N_("已收回"),
    "suspended": N_("已停用"),
    "terminated": N_("已终止"),
    "triaged": N_("已分类"),
    "waiting": N_("等待中"),
    "wiped": N_("坏盘现场清除后带走"),
    "withdrawn": N_("已撤回"),
}

LONGEST: Final = 200


def details_text(details: Mapping[str, Any], translate: Translator) -> str:
    """`已分类 → 已派单 · 优先级 P3`. Times are written in China's time zone (Asia/Shanghai)."""
    rest = dict(details)
    said = []
    if "before" in rest and "after" in rest:
        before, after = rest.pop("before"), rest.pop("after")
        if not any(each is None or _is_id(each) for each in (before, after)):
            said.append(f"{_value('', before, translate)} → {_value('', after, translate)}")
    for written, value in rest.items():
        name = FORMER_DETAILS.get(written, written)
        if _is_id(value) or value in (None, "", []):
            continue
        known = NAMES.get(name)
        said.append(f"{translate(known) if known else name} {_value(name, value, translate)}")
    return " · ".join(said)[:LONGEST]


def _value(name: str, value: Any, translate: Translator) -> str:
    if isinstance(value, list):
        return "、".join(_value(name, each, translate) for each in value if not _is_id(each))
    if isinstance(value, bool):
        return translate(N_("是")) if value else translate(N_("否"))
    text = str(value)
    if name.endswith("_at"):
        return local_time(datetime.fromisoformat(text), style="minute")
    word = (
        own_values().get(name, {}).get(text) or VALUES.get(text) or record_labels().get(FORMER_RECORDS.get(text, text))
    )
    return translate(word) if word else text


def _is_id(value: Any) -> bool:
    if isinstance(value, list):
        return bool(value) and all(map(_is_id, value))
    try:
        UUID(str(value))
    except ValueError:
        return False
    return True

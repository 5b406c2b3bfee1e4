"""What people read instead of codes. A code that is not here is shown as it is: no entry is ever left out."""

from collections.abc import Mapping
from typing import Final

from app.kernel.actor import ActorKind
from app.kernel.texts import N_, Translator

AREAS: Final[Mapping[str, str]] = {
    "session.": N_("登录与退出"),
    "member.": N_("成员与权限"),
    "access.": N_("访问与拒绝"),
    "tenant.certificate_read": N_("查看清除证明"),
    "tenant.erased": N_("完成数据清除"),
    "tenant.erasure_begun": N_("开始数据清除"),
    "tenant.export_downloaded": N_("下载数据包"),
    "tenant.exported": N_("导出公司数据"),
    "tenant.logs_erased": N_("清除到期日志"),
    "tenant.restore_begun": N_("开始恢复服务商"),
    "tenant.restored": N_("完成恢复服务商"),
    "ticket.": N_("服务单"),
    "service_report.": N_("服务报告"),
    "device.": N_("设备"),
    "import.": N_("设备导入"),
    "pin.": N_("报修密码"),
    "label.": N_("标签"),
    "clients.": N_("客户资料"),
    "file.": N_("文件下载"),
    "sla.": N_("服务级别"),
    "audit.": N_("操作记录"),
    "elevated.": N_("客户和员工的操作"),
}
"""What the list is narrowed by: the beginning of an action."""

ACTIONS: Final[Mapping[str, str]] = {
    "access.asked": N_("总部申请访问"),
    "access.close": N_("总部结束访问"),
    "access.consent": N_("同意总部访问"),
    "access.decline": N_("拒绝总部访问"),
    "access.denied": N_("越权操作被拒绝"),
    "access.expire": N_("总部访问到期"),
    "access.followed": N_("访问授权变更"),
    "access.overridden": N_("总部紧急访问"),
    "access.read": N_("总部查看记录"),
    "access.revoke": N_("收回总部访问"),
    "access.withdraw": N_("总部撤回申请"),
    "audit.anchors_mailed": N_("寄出存证"),
    "audit.export": N_("导出操作记录"),
    "audit.read": N_("查看操作记录"),
    "clients.client_added": N_("新建客户"),
    "clients.client_changed": N_("修改客户资料"),
    "clients.client_state_changed": N_("停用或启用客户"),
    "device.create": N_("新建设备"),
    "device.update": N_("修改设备"),
    "elevated.add_note": N_("补充说明"),
    "elevated.attach_file": N_("上传照片或文件"),
    "elevated.confirm_resolution": N_("确认解决"),
    "elevated.issue_pin": N_("发放报修密码"),
    "elevated.rate_service": N_("评价服务"),
    "elevated.read_notification": N_("已读通知"),
    "elevated.reopen_ticket": N_("要求重新处理"),
    "elevated.report_fault": N_("报修"),
    "engineers.profile_changed": N_("修改工程师档案"),
    "file.download": N_("下载文件"),
    "import.cancel": N_("放弃导入"),
    "import.confirm": N_("确认导入"),
    "import.error_sheet": N_("下载核对表"),
    "import.finish": N_("导入完成"),
    "import.map": N_("对应列名"),
    "import.upload": N_("上传设备清单"),
    "installation.initialised": N_("系统初始化"),
    "invitation.accepted": N_("接受邀请"),
    "invitation.revoked": N_("撤回邀请"),
    "invitation.sent": N_("邀请成员"),
    "label.print": N_("打印标签"),
    "label.revoke": N_("作废标签"),
    "member.reactivated": N_("恢复成员"),
    "member.roles_changed": N_("修改角色"),
    "member.suspended": N_("停用成员"),
    "partners.activate": N_("服务商转正"),
    "partners.application_approved": N_("批准加盟"),
    "partners.application_rejected": N_("拒绝加盟"),
    "partners.applied": N_("申请加盟"),
    "partners.provisioned": N_("开通服务商"),
    "partners.reactivate": N_("恢复服务商"),
    "partners.reinstate": N_("撤回服务商的退出"),
    "partners.suspend": N_("暂停服务商"),
    "partners.terminate": N_("终止服务商的加盟"),
    "password.changed": N_("修改密码"),
    "password.reset": N_("重设密码"),
    "password.reset_requested": N_("申请重设密码"),
    "pin.issue": N_("发放报修密码"),
    "pin.revoke": N_("作废报修密码"),
    "reporter.sign_in": N_("报修登录"),
    "reporter.sign_in_refused": N_("报修登录失败"),
    "reporter.sign_out": N_("报修退出"),
    "service_report.download": N_("下载服务报告"),
    "service_report.make": N_("生成服务报告"),
    "service_report.sign": N_("签署服务报告"),
    "session.closed": N_("退出"),
    "session.opened": N_("登录"),
    "session.refused": N_("登录失败"),
    "session.revoked": N_("结束登录"),
    "session.switched": N_("切换公司"),
    "sla.assignment_removed": N_("取消服务级别"),
    "sla.escalation_contacts_changed": N_("修改升级联系人"),
    "survey.answer": N_("评价服务"),
    "ticket.accept": N_("接单"),
    "ticket.arrive": N_("到达"),
    "ticket.assign": N_("派单"),
    "ticket.cancel": N_("取消"),
    "ticket.close": N_("关闭"),
    "ticket.confirm": N_("确认"),
    "ticket.connect": N_("远程连接"),
    "ticket.decline": N_("拒单"),
    "ticket.depart": N_("出发"),
    "ticket.reopen": N_("重新打开"),
    "ticket.report": N_("报修"),
    "ticket.resolve": N_("解决"),
    "ticket.resume": N_("恢复处理"),
    "ticket.triage": N_("分类定级"),
    "ticket.wait": N_("转为等待"),
    "visit.correct": N_("更正上门记录"),
}

RECORDS: Final[Mapping[str, str]] = {
    "access_grant": N_("访问授权"),
    "account": N_("账号"),
    "address": N_("网页地址"),
    "audit_anchor": N_("存证"),
    "audit_entry": N_("操作记录"),
    "client": N_("客户"),
    "command": N_("指令"),
    "device": N_("设备"),
    "engineer": N_("工程师"),
    "file": N_("文件"),
    "import_run": N_("设备导入"),
    "invitation": N_("邀请"),
    "membership": N_("成员"),
    "partner": N_("服务商"),
    "partner_application": N_("申请"),
    "service_report": N_("服务报告"),
    "session": N_("登录"),
    "tenant": N_("公司"),
    "ticket": N_("服务单"),
    "visit": N_("上门"),
}

ACTORS: Final[Mapping[str, str]] = {
    ActorKind.HQ: N_("总部人员"),
    ActorKind.PROVIDER: N_("服务商员工"),
    ActorKind.CLIENT: N_("客户人员"),
    ActorKind.REPORTER: N_("报修人"),
    ActorKind.SYSTEM: N_("系统"),
    ActorKind.VISITOR: N_("访客"),
}


def described(action: str, translate: Translator) -> str:
    """An action in words."""
    return translate(ACTIONS[action]) if action in ACTIONS else action


def told(record_kind: str, translate: Translator) -> str:
    """A kind of record in words."""
    return translate(RECORDS[record_kind]) if record_kind in RECORDS else record_kind


def actor_word(kind: str, translate: Translator) -> str:
    """A kind of party, where no name is known."""
    return translate(ACTORS[kind]) if kind in ACTORS else kind

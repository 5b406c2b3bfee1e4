"""What this area declares about itself."""

from typing import Final

from app.platform.kernel.areas import AboutPeople, Area, AuditGroup, DeclaredPermission, Kept
from app.platform.kernel.client_company import KeptOfClient, NeverOpen
from app.platform.kernel.texts import N_
from rbac import Permission

AREA: Final = Area(
    package="app.desk.tickets",
    features={
        "T1": "workflow/creation.py",
        "T4": "lifecycle.py",
        "T5": "queries/tickets.py",
        "T6": "visits/dispatch.py",
        "T8": "service_reports/document.py",
        "C5": "visits/consent.py",
        "D2": "queries/device_history.py",
    },
    models=("models",),
    api=("api:handlers", "report_api:handlers", "visit_api:handlers"),
    pages=("report_api:page_handlers",),
    consumers=("tasks:consumers",),
    sweeps=("tasks:sweeps",),
    file_subjects={
        "ticket": "workflow.attachments:may_read_ticket",
        "visit_before": "visits.photos:may_read_visit",
        "visit_after": "visits.photos:may_read_visit",
    },
    record_numbers={"ticket": "repository:ticket_numbers"},
    permissions=(
        DeclaredPermission(Permission.NOTE_READ, N_("查看内部备注"), ("engineer", "dispatcher", "quality_agent")),
        DeclaredPermission(Permission.NOTE_WRITE, N_("写内部备注"), ("engineer", "dispatcher")),
        DeclaredPermission(Permission.TICKET_ASSIGN, N_("指派服务单"), ("dispatcher", "team_leader")),
        DeclaredPermission(Permission.TICKET_CONFIRM, N_("确认、重开和评价"), ("client_contact", "reporter")),
        DeclaredPermission(
            Permission.TICKET_CREATE, N_("提交报修"), ("engineer", "dispatcher", "client_contact", "reporter")
        ),
        DeclaredPermission(
            Permission.TICKET_READ,
            N_("阅读服务单"),
            ("engineer", "dispatcher", "quality_agent", "client_contact", "reporter"),
        ),
        DeclaredPermission(
            Permission.TICKET_REPLY, N_("回复服务单"), ("engineer", "dispatcher", "client_contact", "reporter")
        ),
        DeclaredPermission(
            Permission.TICKET_TRIAGE, N_("分类、定级、取消和关闭"), ("dispatcher", "team_leader", "quality_agent")
        ),
        DeclaredPermission(Permission.VISIT_WORK, N_("处理自己的上门"), ("engineer",)),
    ),
    audit_groups=(
        AuditGroup("ticket.", N_("服务单"), ("ticket", "visit", "survey", "unknown_caller")),
        AuditGroup("service_report.", N_("服务报告")),
    ),
    audit_actions={
        "command.note_created": N_("补充说明"),
        "command.resolution_confirmed": N_("确认解决"),
        "command.ticket_created": N_("报修"),
        "command.ticket_reopened": N_("要求重新处理"),
        "service_report.created": N_("生成服务报告"),
        "service_report.downloaded": N_("下载服务报告"),
        "service_report.signed": N_("签署服务报告"),
        "ticket.accepted": N_("接单"),
        "ticket.arrived": N_("到达"),
        "ticket.assigned": N_("派单"),
        "ticket.cancelled": N_("取消"),
        "ticket.closed": N_("关闭"),
        "ticket.confirmed": N_("确认"),
        "ticket.connected": N_("远程连接"),
        "ticket.created": N_("报修"),
        "ticket.data_handling_recorded": N_("记录数据处理意见"),
        "ticket.declined": N_("拒单"),
        "ticket.departed": N_("出发"),
        "ticket.paused": N_("转为等待"),
        "ticket.reopened": N_("重新打开"),
        "ticket.resolved": N_("解决"),
        "ticket.resumed": N_("恢复处理"),
        "ticket.triaged": N_("分类定级"),
        "ticket.unassigned": N_("撤回派单"),
        "ticket.visit_finished": N_("结束上门"),
        "visit.corrected": N_("更正上门记录"),
        "visit.goodwill_granted": N_("按免费处理"),
    },
    audit_records={
        "service_report": N_("服务报告"),
        "ticket": N_("服务单"),
        "visit": N_("上门"),
    },
    kept={
        Kept.WORK: (
            "ticket",
            "ticket_event",
            "ticket_note",
            "goodwill_work",
            "visit",
            "service_report",
            "data_handling_record",
        ),
        Kept.LATE_REPEATS: ("field_action", "expected_field_action"),
    },
    personal_data=("personal_data",),
    about_people={
        AboutPeople.ERASED: (
            "ticket",
            "ticket_event",
            "ticket_note",
            "goodwill_work",
            "visit",
            "data_handling_record",
            "service_report",
        ),
    },
    kept_after_erasure={
        "service_report": "signed reports are evidence between client and partner",
    },
    open_matters=("open_matters:TICKETS",),
    never_open={
        NeverOpen.PART: (
            "ticket_event",
            "ticket_note",
            "goodwill_work",
            "visit",
            "service_report",
            "data_handling_record",
        )
    },
    client_texts={"ticket_note": ("text",), "goodwill_work": ("reason",), "visit": ("work_done", "cause")},
    forgotten_with_client={
        "ticket": "client_erasure:tickets",
        "ticket_event": "client_erasure:ticket_events",
        "data_handling_record": "client_erasure:data_handling_records",
    },
    kept_of_client={"service_report": KeptOfClient.EVIDENCE},
)

"""What this area declares about itself."""

from typing import Final

from app.platform.kernel.actor import ActorKind
from app.platform.kernel.areas import (
    AboutPeople,
    Area,
    AuditGroup,
    DeclaredPermission,
    Kept,
    NavigationEntry,
    NavigationGroup,
    RecordTab,
    StartingPoint,
    Waiting,
)
from app.platform.kernel.client_company import KeptOfClient, NeverOpen
from app.platform.kernel.texts import N_
from billing.data_recovery.permissions import RecoveryPermission

_SIGNED: Final = "that media were given away, taken back or destroyed is evidence between client and partner"

AREA: Final = Area(
    package="billing.data_recovery",
    features={"B5": ""},
    models=("models", "row_scope"),
    api=("api:handlers",),
    pages=("pages:handlers",),
    consumers=("tasks:consumers",),
    file_subjects={"recovery_photo": "services.reading:may_read_case"},
    record_numbers={"recovery_case": "services.reading:numbers_of"},
    promised_targets={"disk_diagnosis": N_("检测"), "disk_result": N_("恢复结果")},
    promises={"recovery_case": "promises:audience"},
    conditional_lines=("charging:lines_by_result",),
    permissions=(
        DeclaredPermission(
            RecoveryPermission.RECOVERY_CASE_READ,
            N_("查看数据恢复案件"),
            ("engineer", "dispatcher", "client_approver", "client_administrator"),
        ),
        DeclaredPermission(
            RecoveryPermission.RECOVERY_CASE_WORK, N_("接收、交接和恢复介质"), ("engineer", "dispatcher")
        ),
        DeclaredPermission(
            RecoveryPermission.RECOVERY_CASE_WRITE, N_("安排数据恢复的经手人、报价、中止"), ("dispatcher",)
        ),
        DeclaredPermission(
            RecoveryPermission.RECOVERY_CASE_DECIDE,
            N_("验收数据恢复结果、同意销毁、要回介质"),
            ("client_approver", "client_administrator"),
        ),
    ),
    navigation=(
        NavigationEntry(
            ActorKind.PROVIDER,
            NavigationGroup.BUSINESS,
            35,
            "recoveries",
            "/workspace/recoveries",
            N_("数据恢复"),
            "database",
            RecoveryPermission.RECOVERY_CASE_WRITE,
            waiting=Waiting("counts:cases_to_return", N_("个案件待归还介质"), "notifications"),
        ),
        NavigationEntry(
            ActorKind.CLIENT,
            NavigationGroup.BUSINESS,
            35,
            "recoveries",
            "/portal/recoveries",
            N_("数据恢复"),
            "database",
            RecoveryPermission.RECOVERY_CASE_READ,
            waiting=Waiting("counts:results_to_accept", N_("份结果等您验收"), "notifications"),
        ),
    ),
    record_tabs=(
        RecordTab(
            "client",
            52,
            "recoveries",
            "/workspace/recoveries?client={id}",
            N_("数据恢复"),
            RecoveryPermission.RECOVERY_CASE_READ,
        ),
        RecordTab(
            "recovery_case",
            10,
            "files",
            "{base}/files",
            N_("文件清单"),
            RecoveryPermission.RECOVERY_CASE_READ,
        ),
    ),
    starting_points=(
        StartingPoint(
            ActorKind.PROVIDER,
            "/workspace/recoveries/new",
            N_("登记数据恢复案件"),
            "database",
            RecoveryPermission.RECOVERY_CASE_WORK,
        ),
    ),
    audit_groups=(
        AuditGroup("recovery_case.", N_("数据恢复")),
        AuditGroup("recovery_medium.", N_("数据恢复介质")),
        AuditGroup("custody_receipt.", N_("介质接收单")),
        AuditGroup("disposal_certificate.", N_("介质归还和销毁")),
    ),
    audit_actions={
        "command.recovery_decided": N_("答复数据恢复案件"),
        "custody_receipt.created": N_("生成介质接收单"),
        "custody_receipt.downloaded": N_("下载介质接收单"),
        "custody_receipt.signed": N_("签收介质"),
        "disposal_certificate.created": N_("生成归还单或销毁证明"),
        "disposal_certificate.downloaded": N_("下载归还单或销毁证明"),
        "disposal_certificate.signed": N_("签收归还的介质"),
        "recovery_case.accepted": N_("验收数据恢复结果"),
        "recovery_case.approved": N_("客户同意数据恢复报价"),
        "recovery_case.cancelled": N_("取消数据恢复案件"),
        "recovery_case.closed": N_("数据恢复结案"),
        "recovery_case.created": N_("登记数据恢复案件"),
        "recovery_case.declined": N_("客户不同意数据恢复报价"),
        "recovery_case.diagnosed": N_("填写检测结果"),
        "recovery_case.disputed": N_("退回数据恢复结果"),
        "recovery_case.person_joined": N_("添加经手人"),
        "recovery_case.person_withdrawn": N_("移出经手人"),
        "recovery_case.photographed": N_("拍摄介质"),
        "recovery_case.quoted": N_("数据恢复报价"),
        "recovery_case.received": N_("接收介质"),
        "recovery_case.reported": N_("提交数据恢复结果"),
        "recovery_case.result_read": N_("查看恢复文件清单"),
        "recovery_case.result_written": N_("填写恢复文件清单"),
        "recovery_case.started": N_("开始恢复数据"),
        "recovery_case.stopped": N_("中止数据恢复"),
        "recovery_medium.created": N_("制作工作副本"),
        "recovery_medium.destroyed": N_("销毁介质"),
        "recovery_medium.destruction_agreed": N_("同意销毁介质"),
        "recovery_medium.transferred": N_("交接介质"),
        "recovery_medium.returned": N_("归还介质"),
    },
    audit_records={
        "custody_receipt": N_("介质接收单"),
        "disposal_certificate": N_("介质归还和销毁"),
        "recovery_case": N_("数据恢复案件"),
        "recovery_medium": N_("数据恢复介质"),
    },
    kept={
        Kept.WORK: ("recovery_case", "recovery_medium", "recovery_person", "recovered_file"),
        Kept.EVIDENCE: ("custody_entry", "custody_receipt", "disposal_certificate"),
    },
    personal_data=("personal_data",),
    about_people={
        AboutPeople.ERASED: ("recovery_case", "recovery_medium", "custody_entry", "recovered_file"),
        AboutPeople.STAFF: ("recovery_person",),
        AboutPeople.EVIDENCE: ("custody_receipt", "disposal_certificate"),
    },
    kept_after_erasure={"custody_receipt": _SIGNED, "disposal_certificate": _SIGNED},
    open_for_people=("open_matters:has_open_case",),
    open_matters=("open_matters:CASES",),
    never_open={
        NeverOpen.PART: (
            *("recovery_medium", "custody_entry", "recovery_person", "recovered_file"),
            *("custody_receipt", "disposal_certificate"),
        )
    },
    client_texts={
        "recovery_case": ("client_name", "wanted", "consent_remark", "findings", "result_words", "decision"),
        "recovery_medium": ("condition", "accessories"),
        "custody_entry": ("place", "remark"),
    },
    forgotten_with_client={"recovered_file": "open_matters:forget_files"},
    kept_of_client={
        "custody_receipt": KeptOfClient.EVIDENCE,
        "disposal_certificate": KeptOfClient.EVIDENCE,
        "recovery_person": KeptOfClient.STAFF_NOTES,
    },
)

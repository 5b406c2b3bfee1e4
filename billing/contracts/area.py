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
)
from app.platform.kernel.client_company import KeptOfClient, NeverOpen
from app.platform.kernel.texts import N_, NP_
from billing.contracts.agreement.permissions import AgreementPermission
from billing.contracts.permissions import ContractPermission

AREA: Final = Area(
    package="billing.contracts",
    features={"B2": ""},
    models=("models", "agreement.models"),
    api=("api:handlers", "agreement.api:handlers"),
    pages=("editor_pages:handlers", "pages:handlers", "agreement.pages:handlers"),
    commands=("import-contracts",),
    imports={"contracts": "contract_import:RUNNING_CONTRACTS"},
    consumers=("tasks:consumers", "agreement.tasks:consumers"),
    approvals=("agreement.consent:CONTRACT_OFFER", "agreement.acceptance:MILESTONE_ACCEPTANCE"),
    record_tabs=(
        RecordTab("contract", 20, "papers", "{base}/papers", N_("合同文件"), ContractPermission.CONTRACT_READ),
        RecordTab("client", 40, "contracts", "{base}/contracts", NP_("list", "合同"), ContractPermission.CONTRACT_READ),
    ),
    sweeps=("tasks:sweeps",),
    permissions=(
        DeclaredPermission(ContractPermission.CONTRACT_READ, N_("查看合同"), ("dispatcher",)),
        DeclaredPermission(ContractPermission.CONTRACT_WRITE, N_("编写和执行合同"), ("service_manager",)),
        DeclaredPermission(
            AgreementPermission.AGREED_CONTRACT_READ,
            N_("查看已提交和签定的合同"),
            ("dispatcher", "client_approver", "client_administrator"),
        ),
        DeclaredPermission(AgreementPermission.CONTRACT_ACCEPT, N_("代表客户确认或拒绝合同"), ("client_approver",)),
    ),
    navigation=(
        NavigationEntry(
            ActorKind.PROVIDER,
            NavigationGroup.BUSINESS,
            5,
            "contracts",
            "/workspace/contracts",
            NP_("list", "合同"),
            "file-text",
            ContractPermission.CONTRACT_READ,
        ),
    ),
    starting_points=(
        StartingPoint(
            ActorKind.PROVIDER,
            "/workspace/contracts/new",
            N_("新建合同"),
            "file-text",
            ContractPermission.CONTRACT_WRITE,
        ),
    ),
    audit_groups=(AuditGroup("contract.", N_("合同"), ("contract", "agreed_contract", "offered_contract")),),
    audit_actions={
        "contract.accepted": N_("客户确认合同"),
        "contract.activated": N_("合同生效"),
        "contract.amended": N_("合同变更生效"),
        "contract.block_bought": N_("购买预付量"),
        "contract.changed": N_("修改合同"),
        "agreed_contract.created": N_("留存签定的合同"),
        "contract.created": N_("新建合同"),
        "contract.declined": N_("客户未接受合同"),
        "contract.discarded": N_("作废合同"),
        "contract.end_changed": N_("提前结束合同"),
        "contract.ended": N_("合同结束"),
        "contract.milestone_accepted": N_("客户验收里程碑"),
        "contract.milestone_declined": N_("客户没有验收里程碑"),
        "contract.milestone_reopened": N_("退回里程碑"),
        "contract.milestone_reported": N_("报告里程碑完成"),
        "contract.notice_recorded": N_("登记合同不续签"),
        "contract.offered": N_("提交合同"),
        "contract.paper_downloaded": N_("下载合同文件"),
        "offered_contract.created": N_("留存提交的合同"),
        "contract.resumed": N_("恢复合同"),
        "contract.suspended": N_("暂停合同"),
        "contract.version_created": N_("起草合同变更"),
        "contract.withdrawn": N_("撤回合同"),
    },
    audit_records={
        "agreed_contract": N_("签定的合同"),
        "contract": N_("合同"),
        "contract_paper": N_("合同文件"),
        "offered_contract": N_("提交的合同"),
    },
    kept={
        Kept.EVIDENCE: ("agreed_contract", "offered_contract"),
        Kept.WORK: (
            "contract",
            "contract_date",
            "contract_device",
            "contract_milestone",
            "contract_suspension",
            "contract_standing",
            "contract_version",
            "prepaid_block",
            "prepaid_draw",
            "prepaid_movement",
        ),
    },
    about_people={
        AboutPeople.COMPANIES: ("agreed_contract", "contract_milestone", "contract_version", "offered_contract"),
        AboutPeople.STAFF: ("contract", "contract_suspension"),
        AboutPeople.NOBODY: (
            "contract_standing",
            "contract_date",
            "contract_device",
            "prepaid_block",
            "prepaid_draw",
            "prepaid_movement",
        ),
    },
    open_matters=(
        "open_matters:DRAFTS",
        "open_matters:CONTRACTS",
        "open_matters:MILESTONES",
        "open_matters:PREPAID",
    ),
    never_open={
        NeverOpen.PAST: ("agreed_contract", "offered_contract"),
        NeverOpen.PART: (
            "contract_date",
            "contract_device",
            "contract_standing",
            "contract_suspension",
            "contract_version",
            "prepaid_draw",
            "prepaid_movement",
        ),
    },
    kept_of_client={
        "agreed_contract": KeptOfClient.CONTRACTS,
        "offered_contract": KeptOfClient.CONTRACTS,
        "contract": KeptOfClient.CONTRACTS,
        "contract_version": KeptOfClient.CONTRACTS,
        "contract_suspension": KeptOfClient.CONTRACTS,
        "contract_milestone": KeptOfClient.CONTRACTS,
    },
)

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
from app.platform.kernel.client_company import NeverOpen
from app.platform.kernel.texts import N_, NP_
from rbac import Permission

AREA: Final = Area(
    package="app.assets.clients",
    features={"C1": ""},
    commands=("import-clients", "import-departments", "import-employees"),
    imports={
        "clients": "client_import.clients:CLIENTS",
        "departments": "client_import.departments:DEPARTMENTS",
        "employees": "client_import.employees:EMPLOYEES",
    },
    models=("models",),
    api=("api:handlers",),
    pages=("pages:handlers",),
    permissions=(
        DeclaredPermission(
            Permission.CLIENT_READ,
            N_("查看客户"),
            ("engineer", "dispatcher", "quality_agent", "partner_finance", "client_contact"),
        ),
        DeclaredPermission(Permission.CLIENT_IMPORT, N_("导入客户、部门和员工"), ("service_manager",)),
        DeclaredPermission(Permission.CLIENT_WRITE, N_("管理客户"), ("service_manager",)),
    ),
    navigation=(
        NavigationEntry(
            ActorKind.PROVIDER,
            NavigationGroup.RECORDS,
            40,
            "clients",
            "/workspace/clients",
            NP_("list", "客户"),
            "building",
            Permission.CLIENT_READ,
            "c",
            bar=4,
        ),
    ),
    starting_points=(
        StartingPoint(
            ActorKind.PROVIDER, "/workspace/clients/new", N_("添加客户"), "building", Permission.CLIENT_WRITE
        ),
    ),
    record_tabs=(
        RecordTab("client", 40, "sites", "{base}/sites", N_("网点"), Permission.CLIENT_READ),
        RecordTab("client", 41, "departments", "{base}/departments", N_("部门"), Permission.CLIENT_READ),
        RecordTab("client", 42, "contacts", "{base}/contacts", N_("联系人"), Permission.CLIENT_READ),
        RecordTab("client", 43, "employees", "{base}/employees", N_("员工"), Permission.CLIENT_READ),
    ),
    audit_groups=(AuditGroup("client.", N_("客户资料"), ("client", "contact", "department", "employee", "site")),),
    audit_actions={
        "client.changed": N_("修改客户资料"),
        "client.created": N_("新建客户"),
        "client.state_changed": N_("停用或启用客户"),
        "contact.changed": N_("修改联系人"),
        "contact.created": N_("新建联系人"),
        "contact.state_changed": N_("停用或启用联系人"),
        "department.changed": N_("修改部门"),
        "department.created": N_("新建部门"),
        "department.state_changed": N_("停用或启用部门"),
        "employee.changed": N_("修改员工"),
        "employee.created": N_("新建员工"),
        "employee.state_changed": N_("停用或启用员工"),
        "site.changed": N_("修改地点"),
        "site.created": N_("新建地点"),
        "site.state_changed": N_("停用或启用地点"),
    },
    audit_records={
        "client": N_("客户"),
        "contact": N_("联系人"),
        "department": N_("部门"),
        "employee": N_("员工"),
        "site": N_("地点"),
    },
    kept={
        Kept.ORGANISATION: ("client", "site", "department", "contact", "employee"),
    },
    personal_data=("personal_data",),
    about_people={
        AboutPeople.ERASED: ("employee",),
        AboutPeople.COMPANIES: (
            "client",
            "contact",
            "site",
        ),
        AboutPeople.NOBODY: ("department",),
    },
    never_open={NeverOpen.OWN: ("client", "site", "department", "contact", "employee")},
    forgotten_with_client={
        "client": "client_erasure:client",
        "site": "client_erasure:sites",
        "department": "client_erasure:departments",
        "contact": "client_erasure:contacts",
        "employee": "client_erasure:employees",
    },
)

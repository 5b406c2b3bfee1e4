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
    package="app.assets.devices",
    features={"D1": "", "C2": "device_import", "D3": "services"},
    commands=("import-devices",),
    imports={"devices": "device_import.kind:DEVICES"},
    models=("models",),
    api=("api:handlers",),
    pages=("pages:handlers",),
    consumers=("tasks:consumers",),
    record_numbers={"device": "repository:device_numbers"},
    permissions=(
        DeclaredPermission(Permission.DEVICE_IMPORT, N_("导入设备"), ("service_manager",)),
        DeclaredPermission(
            Permission.DEVICE_READ,
            N_("查看设备"),
            ("engineer", "dispatcher", "quality_agent", "client_contact", "reporter"),
        ),
        DeclaredPermission(Permission.DEVICE_WRITE, N_("更改设备"), ("engineer", "dispatcher")),
        DeclaredPermission(Permission.LABEL_PRINT, N_("打印和作废标签"), ("dispatcher",)),
        DeclaredPermission(Permission.PIN_ISSUE, N_("发放设备的报修密码"), ("dispatcher", "client_administrator")),
    ),
    navigation=(
        NavigationEntry(
            ActorKind.PROVIDER,
            NavigationGroup.RECORDS,
            50,
            "devices",
            "/workspace/devices",
            NP_("list", "设备"),
            "device-desktop",
            Permission.DEVICE_READ,
            "d",
            bar=5,
        ),
    ),
    record_tabs=(
        RecordTab(
            "client", 20, "devices", "/workspace/devices?client={id}", NP_("list", "设备"), Permission.DEVICE_READ
        ),
    ),
    starting_points=(
        StartingPoint(
            ActorKind.PROVIDER, "/workspace/devices/new", N_("添加设备"), "device-desktop", Permission.DEVICE_WRITE
        ),
        StartingPoint(ActorKind.PROVIDER, "/workspace/imports", N_("导入设备清单"), "upload", Permission.DEVICE_IMPORT),
    ),
    audit_groups=(
        AuditGroup("device.", N_("设备")),
        AuditGroup("pin.", N_("报修密码")),
        AuditGroup("label.", N_("标签")),
    ),
    audit_actions={
        "command.pin_issued": N_("发放报修密码"),
        "device.changed": N_("修改设备"),
        "device.created": N_("新建设备"),
        "label.printed": N_("打印标签"),
        "label.revoked": N_("作废标签"),
        "pin.issued": N_("发放报修密码"),
        "pin.revoked": N_("作废报修密码"),
    },
    audit_records={
        "device": N_("设备"),
    },
    kept={
        Kept.UNTIL_DONE: ("device_pin",),
        Kept.WORK: ("device", "device_change", "device_label"),
    },
    personal_data=("personal_data",),
    about_people={
        AboutPeople.ERASED: (
            "device",
            "device_change",
            "device_pin",
        ),
    },
    never_open={NeverOpen.OWN: ("device", "device_pin", "device_label"), NeverOpen.PAST: ("device_change",)},
    forgotten_with_client={
        "device": "client_erasure:devices",
        "device_change": "client_erasure:device_changes",
        "device_pin": "client_erasure:device_pins",
        "device_label": "client_erasure:device_labels",
    },
)

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
from app.platform.kernel.texts import N_
from billing.insurance.permissions import InsurancePermission

AREA: Final = Area(
    package="billing.insurance",
    features={"B4": ""},
    models=("models",),
    api=("api:handlers",),
    pages=("pages:handlers",),
    consumers=("tasks:consumers",),
    rated_sources=("services.renewal:RENEWALS",),
    record_numbers={"insurance_policy": "services.reading:numbers_of"},
    permissions=(
        DeclaredPermission(InsurancePermission.INSURANCE_PRODUCT_WRITE, N_("编写保险条款和费率"), ("service_manager",)),
        DeclaredPermission(
            InsurancePermission.INSURANCE_POLICY_READ,
            N_("查看设备保险"),
            ("dispatcher", "client_approver", "client_administrator"),
        ),
        DeclaredPermission(InsurancePermission.INSURANCE_POLICY_WRITE, N_("立保单、加保、退保"), ("dispatcher",)),
    ),
    navigation=(
        NavigationEntry(
            ActorKind.PROVIDER,
            NavigationGroup.BUSINESS,
            36,
            "insurance",
            "/workspace/insurance",
            N_("设备保险"),
            "shield-check",
            InsurancePermission.INSURANCE_POLICY_READ,
        ),
        NavigationEntry(
            ActorKind.CLIENT,
            NavigationGroup.BUSINESS,
            36,
            "insurance",
            "/portal/insurance",
            N_("设备保险"),
            "shield-check",
            InsurancePermission.INSURANCE_POLICY_READ,
        ),
    ),
    record_tabs=(
        RecordTab(
            "client",
            54,
            "insurance",
            "/workspace/insurance?client={id}",
            N_("设备保险"),
            InsurancePermission.INSURANCE_POLICY_READ,
        ),
    ),
    starting_points=(
        StartingPoint(
            ActorKind.PROVIDER,
            "/workspace/insurance/new",
            N_("立一张保单"),
            "shield-check",
            InsurancePermission.INSURANCE_POLICY_WRITE,
        ),
    ),
    audit_groups=(
        AuditGroup("insurance_policy.", N_("保单")),
        AuditGroup("insurance_product.", N_("保险产品")),
        AuditGroup("insurance_certificate.", N_("保险凭证")),
    ),
    audit_actions={
        "insurance_certificate.downloaded": N_("下载保险凭证"),
        "insurance_policy.activated": N_("保单生效"),
        "insurance_policy.cancelled": N_("作废保单"),
        "insurance_policy.closed": N_("保单终止"),
        "insurance_policy.created": N_("起草保单"),
        "insurance_policy.extended": N_("加保设备"),
        "insurance_policy.reduced": N_("设备退保"),
        "insurance_policy.terminated": N_("定下保单的最后一天"),
        "insurance_product.changed": N_("更改保险条款"),
        "insurance_product.created": N_("添加保险产品"),
    },
    audit_records={
        "insurance_certificate": N_("保险凭证"),
        "insurance_policy": N_("保单"),
        "insurance_product": N_("保险产品"),
    },
    kept={
        Kept.ORGANISATION: ("insurance_product",),
        Kept.WORK: ("insurance_policy", "insured_device", "insurance_premium"),
        Kept.EVIDENCE: ("insurance_certificate",),
    },
    personal_data=("personal_data",),
    about_people={
        AboutPeople.ERASED: ("insurance_policy",),
        AboutPeople.NOBODY: ("insurance_product", "insured_device", "insurance_premium", "insurance_certificate"),
    },
    open_matters=("open_matters:POLICIES",),
    never_open={NeverOpen.PART: ("insured_device", "insurance_certificate")},
    client_texts={"insurance_policy": ("client_name", "reason")},
    kept_of_client={"insurance_certificate": KeptOfClient.CONTRACTS},
)

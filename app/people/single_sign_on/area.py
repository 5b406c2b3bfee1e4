"""What this area declares about itself."""

from typing import Final

from app.platform.kernel.actor import ActorKind
from app.platform.kernel.areas import Area, AuditGroup, DeclaredPermission, Kept, NavigationEntry, NavigationGroup
from app.platform.kernel.client_company import NeverOpen
from app.platform.kernel.texts import N_
from rbac import Permission

AREA: Final = Area(
    package="app.people.single_sign_on",
    features={"I6": ""},
    models=("models",),
    api=("api:handlers",),
    pages=("pages:handlers",),
    permissions=(
        DeclaredPermission(
            Permission.IDENTITY_PROVIDER_WRITE,
            N_("设置公司账号登录"),
            ("partner_owner", "client_administrator"),
            company_wide=True,
        ),
    ),
    navigation=(
        NavigationEntry(
            ActorKind.PROVIDER,
            NavigationGroup.SETTINGS,
            140,
            "single-sign-on",
            "/workspace/single-sign-on",
            N_("公司账号登录"),
            "login",
            Permission.IDENTITY_PROVIDER_WRITE,
            about=N_("用企业微信、钉钉或公司自己的账号登录。"),
        ),
        NavigationEntry(
            ActorKind.CLIENT,
            NavigationGroup.SETTINGS,
            80,
            "single-sign-on",
            "/portal/single-sign-on",
            N_("公司账号登录"),
            "login",
            Permission.IDENTITY_PROVIDER_WRITE,
            about=N_("用企业微信、钉钉或公司自己的账号登录。"),
        ),
    ),
    audit_groups=(AuditGroup("identity_provider.", N_("公司账号登录"), ("identity_provider", "single_sign_on")),),
    audit_actions={
        "command.identity_provider_changed": N_("设置公司账号登录"),
        "identity_provider.changed": N_("设置公司账号登录"),
        "identity_provider.deleted": N_("停用公司账号登录"),
        "single_sign_on.member_joined": N_("经公司账号加入"),
        "single_sign_on.member_linked": N_("改用公司账号登录"),
    },
    audit_records={
        "identity_provider": N_("公司账号登录"),
    },
    kept={
        Kept.ORGANISATION: ("identity_provider",),
    },
    not_archived={
        "identity_provider": "its secret is sealed for this installation; where the company goes, it is set up anew",
    },
    never_open={NeverOpen.OWN: ("identity_provider",)},
    forgotten_with_client={"identity_provider": "client_erasure:identity_providers"},
)

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
    StartingPoint,
)
from app.platform.kernel.client_company import NeverOpen
from app.platform.kernel.texts import N_
from rbac import Permission

AREA: Final = Area(
    package="app.people.identity",
    features={"I1": "", "I5": "api_tokens.py"},
    commands=("account reset-second-factor",),
    models=("models",),
    api=(
        "api:handlers",
        "second_factor_api:handlers",
        "api_token_api:handlers",
        "email_api:handlers",
        "mobile_api:handlers",
    ),
    pages=("pages:handlers",),
    daily_jobs=("tasks:daily_jobs",),
    permissions=(
        DeclaredPermission(
            Permission.API_TOKEN_WRITE,
            N_("制作和作废接口令牌"),
            ("hq_administrator", "service_manager", "client_administrator"),
            company_wide=True,
        ),
        DeclaredPermission(
            Permission.MEMBER_INVITE, N_("邀请新成员"), ("hq_administrator", "service_manager"), company_wide=True
        ),
        DeclaredPermission(
            Permission.MEMBER_READ, N_("查看成员"), ("hq_administrator", "dispatcher"), company_wide=True
        ),
        DeclaredPermission(
            Permission.MEMBER_WRITE,
            N_("更改成员的角色和状态"),
            ("hq_administrator", "partner_owner"),
            company_wide=True,
        ),
    ),
    navigation=(
        NavigationEntry(
            ActorKind.PROVIDER,
            NavigationGroup.SETTINGS,
            90,
            "members",
            "/workspace/members",
            N_("成员"),
            "users",
            Permission.MEMBER_READ,
            "m",
            about=N_("谁能登录、是什么角色；邀请同事，停用离开的人。"),
        ),
        NavigationEntry(
            ActorKind.PROVIDER,
            NavigationGroup.SETTINGS,
            130,
            "api-tokens",
            "/workspace/api-tokens",
            N_("接口令牌"),
            "key",
            Permission.API_TOKEN_WRITE,
            about=N_("别的程序读写数据用的钥匙，可以限定权限，随时收回。"),
        ),
        NavigationEntry(
            ActorKind.HQ,
            NavigationGroup.SETTINGS,
            50,
            "members",
            "/hq/members",
            N_("成员"),
            "users",
            Permission.MEMBER_READ,
            "m",
            about=N_("谁能登录、是什么角色；邀请同事，停用离开的人。"),
        ),
        NavigationEntry(
            ActorKind.HQ,
            NavigationGroup.SETTINGS,
            90,
            "api-tokens",
            "/hq/api-tokens",
            N_("接口令牌"),
            "key",
            Permission.API_TOKEN_WRITE,
            about=N_("别的程序读写数据用的钥匙，可以限定权限，随时收回。"),
        ),
        NavigationEntry(
            ActorKind.CLIENT,
            NavigationGroup.SETTINGS,
            70,
            "api-tokens",
            "/portal/api-tokens",
            N_("接口令牌"),
            "key",
            Permission.API_TOKEN_WRITE,
            about=N_("别的程序读写数据用的钥匙，可以限定权限，随时收回。"),
        ),
    ),
    starting_points=(
        StartingPoint(
            ActorKind.PROVIDER, "/workspace/members/invite", N_("邀请同事"), "user-plus", Permission.MEMBER_INVITE
        ),
        StartingPoint(ActorKind.HQ, "/hq/members/invite", N_("邀请同事"), "user-plus", Permission.MEMBER_INVITE),
    ),
    audit_groups=(
        AuditGroup("session.", N_("登录与退出"), ("session", "reporter")),
        AuditGroup(
            "account.", N_("账号"), ("password", "second_factor", "email_address", "mobile_number", "api_token")
        ),
        AuditGroup("member.", N_("成员与权限"), ("member", "invitation")),
    ),
    audit_actions={
        "api_token.created": N_("制作接口令牌"),
        "api_token.revoked": N_("作废接口令牌"),
        "email_address.change_requested": N_("申请更改邮箱"),
        "email_address.change_undone": N_("改回原邮箱"),
        "email_address.changed": N_("邮箱已更改"),
        "installation.initialised": N_("系统初始化"),
        "invitation.accepted": N_("接受邀请"),
        "invitation.revoked": N_("撤回邀请"),
        "invitation.sent": N_("邀请成员"),
        "member.reactivated": N_("恢复成员"),
        "member.roles_changed": N_("修改角色"),
        "member.second_factor_reset": N_("重设成员的两步验证"),
        "member.suspended": N_("停用成员"),
        "mobile_number.change_requested": N_("申请更改手机号"),
        "mobile_number.changed": N_("更改手机号"),
        "password.changed": N_("修改密码"),
        "password.reset": N_("重设密码"),
        "password.reset_requested": N_("申请重设密码"),
        "second_factor.disabled": N_("关闭两步验证"),
        "second_factor.enabled": N_("启用两步验证"),
        "second_factor.recovery_code_used": N_("用恢复码登录"),
        "second_factor.recovery_codes_renewed": N_("重新生成恢复码"),
        "second_factor.refused": N_("验证码不正确"),
        "second_factor.reset": N_("重设两步验证"),
        "session.closed": N_("退出"),
        "session.opened": N_("登录"),
        "session.refused": N_("登录失败"),
        "session.revoked": N_("结束登录"),
        "session.switched": N_("切换公司"),
    },
    audit_records={
        "account": N_("账号"),
        "api_token": N_("接口令牌"),
        "invitation": N_("邀请"),
        "membership": N_("成员"),
        "session": N_("登录"),
    },
    kept={
        Kept.UNTIL_DONE: ("account_recovery_code",),
        Kept.EVIDENCE: ("invitation",),
        Kept.ORGANISATION: ("account", "account_subject", "account_second_factor", "membership", "reporter"),
        Kept.OWN_JOB: ("session", "account_token", "known_attempt"),
    },
    personal_data=("personal_data",),
    about_people={
        AboutPeople.ERASED: ("reporter",),
        AboutPeople.ACCOUNTS: (
            "account",
            "account_subject",
            "membership",
            "invitation",
        ),
        AboutPeople.PASSING: (
            "account_token",
            "session",
        ),
    },
    never_open={NeverOpen.OWN: ("membership", "invitation", "reporter")},
    forgotten_with_client={
        "membership": "client_erasure:memberships",
        "invitation": "client_erasure:invitations",
        "reporter": "client_erasure:reporters",
    },
)

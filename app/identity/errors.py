"""What identity refuses."""

from app.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from app.kernel.texts import N_


class SignInRefused(Unauthenticated):
    """Unknown account, wrong password, disabled account: nobody can tell which."""

    code = "sign_in_refused"
    text = N_("账号或密码不正确。")


class WrongPassword(Invalid):
    """The present password, asked again before something of weight, is not right."""

    code = "wrong_password"
    text = N_("当前密码不正确。")


class NoMembership(Forbidden):
    """The password is right, but no company lists this account any more."""

    code = "no_membership"
    text = N_("这个账号目前不属于任何公司，请联系贵公司的管理员。")


class PasswordTooWeak(Invalid):
    """A new password that is easy to guess."""

    code = "password_too_weak"
    text = N_("这个密码太容易猜到，请换一个。")


class ResetLinkClosed(NotFound):
    """Wrong, used or expired: the reset link opens nothing."""

    code = "reset_link_closed"
    text = N_("这个链接已经用过或者过期了，请重新申请。")


class InvitationClosed(NotFound):
    """Wrong, used, revoked or expired: the invitation opens nothing."""

    code = "invitation_closed"
    text = N_("这份邀请已经用过、撤回或者过期了，请让邀请您的人重新发送。")


class AlreadyMember(Conflict):
    """The address belongs to a member of the same company."""

    code = "already_member"
    text = N_("这个邮箱已经是成员，请在成员列表里修改他的角色。")


class RoleUnknown(Invalid):
    """No role, or none of this kind of company."""

    code = "role_unknown"
    text = N_("请至少选择一个角色。")


class RoleBeyondOwn(Forbidden):
    """Nobody grants, or takes from, a role that may do more than they may themselves."""

    code = "role_beyond_own"
    text = N_("您不能授予或更改比自己权限更大的角色。")


class LastAdministrator(Conflict):
    """A company keeps at least one active owner, headquarters one active administrator."""

    code = "last_administrator"
    text = N_("至少要保留一位负责人，请先指定另一位。")


class AdministratorExists(Conflict):
    """The installation has its administrator; further people are invited."""

    code = "administrator_exists"
    text = N_("总部已经有管理员了，请由管理员邀请其他人。")

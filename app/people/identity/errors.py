"""What identity refuses."""

from typing import TYPE_CHECKING

from app.platform.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from app.platform.kernel.texts import N_

if TYPE_CHECKING:
    from app.people.identity.models import Account


class SignInRefused(Unauthenticated):
    """Unknown account, wrong password, disabled account: nobody can tell which."""

    code = "session.sign_in_refused"
    text = N_("账号或密码不正确。")


class WrongPassword(Invalid):
    """The present password, asked again before something of weight, is not right."""

    code = "password.wrong"
    text = N_("当前密码不正确。")


class MobileUnavailable(Conflict):
    """This installation sends no SMS."""

    code = "mobile_number.not_offered"
    text = N_("系统还没有接通短信，不能更改手机号。")


class MobileCodeRefused(Invalid):
    """A wrong code, a used one, or one that is too old."""

    code = "mobile_number.code_refused"
    text = N_("验证码不正确或已过期，请重新获取。")


class SecondFactorNeeded(Unauthenticated):
    """The password is right; the account's second factor is still to be proved."""

    code = "second_factor.code_required"
    text = N_("请再输入验证器上的验证码。")

    def __init__(self, account: "Account") -> None:
        """`account` as it was when its password was looked at."""
        super().__init__()
        self.account = account


class SecondFactorRefused(Unauthenticated):
    """A wrong code, or one that was taken before."""

    code = "second_factor.code_refused"
    text = N_("验证码不正确，请等下一个再试。")


class SecondFactorMissing(Conflict):
    """There is no second factor to confirm, prove or remove."""

    code = "second_factor.not_set_up"
    text = N_("还没有设置两步验证。")


class SecondFactorExists(Conflict):
    """One is in use; it is removed first."""

    code = "second_factor.already_set_up"
    text = N_("两步验证已经启用。要换手机，请先关闭，再重新设置。")


class SecondFactorMandatory(Forbidden):
    """Headquarters' people and owners must have a second factor; they can only renew it."""

    code = "second_factor.mandatory"
    text = N_("总部人员和服务商负责人必须使用两步验证。")


class SecondFactorOfOthers(Conflict):
    """The person belongs to other companies too: no single one of them may take the factor away."""

    code = "second_factor.other_memberships"
    text = N_("这个人还属于别的公司，请用恢复码，或请平台运维重设。")


class TokenBeyondOwn(Invalid):
    """A permission that the maker lacks, or that no API token may have."""

    code = "api_token.permission_beyond_own"
    text = N_("令牌不能有您自己没有的权限，也不能管理人员。")


class TooManyTokens(Conflict):
    """The member has the most API tokens that are allowed."""

    code = "api_token.too_many"
    text = N_("您已有 %(most)s 个令牌，请先作废不用的。")


class NoMembership(Forbidden):
    """The password is right, but no company lists this account any more."""

    code = "session.no_membership"
    text = N_("这个账号目前不属于任何公司，请联系贵公司的管理员。")


class PasswordTooWeak(Invalid):
    """A new password that is easy to guess."""

    code = "password.too_weak"
    text = N_("这个密码太容易猜到，请换一个。")


class ResetLinkClosed(NotFound):
    """The reset link is wrong, used or expired."""

    code = "password.reset_link_closed"
    text = N_("这个链接已经用过或者过期了，请重新申请。")


class AddressLinkClosed(NotFound):
    """The link to a new address is wrong, used or expired."""

    code = "email_address.change_link_closed"
    text = N_("这个链接已经用过或者过期了，邮箱没有改变。")


class AddressTaken(Conflict):
    """The address has become another account's."""

    code = "email_address.taken"
    text = N_("这个邮箱已经属于别的账号。")


class InvitationClosed(NotFound):
    """The invitation's link is wrong, used, revoked or expired."""

    code = "invitation.closed"
    text = N_("这份邀请已经用过、撤回或者过期了，请让邀请您的人重新发送。")


class InvitedAtAnotherAddress(Forbidden):
    """The signed-in account has another address than the invitation."""

    code = "invitation.other_address"
    text = N_("这份邀请是发给另一个邮箱的，请用那个邮箱的账号加入。")


class AlreadyMember(Conflict):
    """The address belongs to a member of the same company."""

    code = "invitation.already_member"
    text = N_("这个邮箱已经是成员，请在成员列表里修改他的角色。")


class RoleUnknown(Invalid):
    """No role, or none of this kind of company."""

    code = "role.unknown"
    text = N_("请至少选择一个角色。")


class RoleBeyondOwn(Forbidden):
    """The role has more permissions than the person who grants or takes it."""

    code = "role.beyond_own"
    text = N_("您不能授予或更改比自己权限更大的角色。")


class LastAdministrator(Conflict):
    """A company keeps at least one active owner, headquarters one active administrator."""

    code = "member.last_administrator"
    text = N_("至少要保留一位负责人，请先指定另一位。")


class AdministratorExists(Conflict):
    """The installation has its administrator; further people are invited."""

    code = "installation.already_initialised"
    text = N_("总部已经有管理员了，请由管理员邀请其他人。")

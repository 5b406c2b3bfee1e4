"""What single sign-on refuses."""

from app.platform.kernel.errors import DomainError, Forbidden, Invalid, Unauthenticated
from app.platform.kernel.texts import N_


class ProviderUnreachable(Invalid):
    """The issuer's address gives no OpenID Connect description, or one that cannot be used."""

    code = "identity_provider.unreachable"
    text = N_("这个地址没有给出可用的 OpenID Connect 配置。")


class MappingInvalid(Invalid):
    """A field of the settings cannot be accepted; `fields` tells which."""

    code = "identity_provider.invalid"
    text = N_("有些内容需要改正。")


class RoleNotMappable(Forbidden):
    """A role beyond the actor's own, or one that no provider may give."""

    code = "identity_provider.role_not_mappable"
    text = N_("不能映射负责人角色，也不能映射比您自己权限更大的角色。")


class SignOnRefused(DomainError):
    """The provider's answer is refused. The reason is in the operator's log, not in the message."""

    code = "single_sign_on.refused"
    text = N_("公司账号登录没有成功，请重试；还不行请联系公司的管理员。")


class NoRoleHere(SignOnRefused):
    """The provider vouches for the person, but no role is mapped to them."""

    code = "single_sign_on.no_role"
    text = N_("您的公司账号在这里还没有角色，请联系公司的管理员。")


class BeyondProvider(SignOnRefused):
    """The member has more permissions than the person who set the provider up had."""

    code = "single_sign_on.beyond_provider"
    text = N_("您的权限比设置公司账号登录的人更大，请用密码登录，或请负责人重新保存公司账号登录的设置。")


class ProofNeeded(Unauthenticated):
    """A member comes by the provider for the first time; the provider's word alone is not enough."""

    code = "single_sign_on.proof_required"
    text = N_("第一次用公司账号登录，请先确认是您本人。")


class LinkCodeRefused(Unauthenticated):
    """Wrong, used or too old."""

    code = "single_sign_on.link_code_refused"
    text = N_("确认码不对或者过期了，请重新发送。")


class PasswordOnly(SignOnRefused):
    """Owners sign in with password and second factor, so that a broken provider cannot lock a company out."""

    code = "single_sign_on.password_only"
    text = N_("负责人请用密码和两步验证登录。")

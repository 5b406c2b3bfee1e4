"""Errors of applications and partners."""

from app.platform.kernel.errors import Conflict, Invalid
from app.platform.kernel.texts import N_


class ApplicationMoveRefused(Conflict):
    """The application is decided already."""

    code = "application.move_refused"
    text = N_("现在的状态不能这样改，可能已有同事处理过，请刷新后再看。")


class PartnerMoveRefused(Conflict):
    """The lifecycle does not allow this step from the present state: suspended already, for example."""

    code = "partner.move_refused"
    text = ApplicationMoveRefused.text


class ApplicationInvalid(Invalid):
    """Fields of an application need correction; `fields` names each."""

    code = "application.invalid"


class ProfileInvalid(Invalid):
    """Fields of a company's profile need correction; `fields` names each."""

    code = "tenant.profile_invalid"


class TimeZoneUnknown(Invalid):
    """No zone of the IANA database has this name."""

    code = "tenant.time_zone_unknown"
    text = N_("没有这个时区，请写成 Asia/Shanghai 这样。")


class CodeRefused(Invalid):
    """Wrong, expired, used or never sent: one answer for all."""

    code = "verification_code.refused"
    text = N_("验证码不正确或已过期，请核对，或重新获取。")


class SmsNotOffered(Invalid):
    """A code by SMS was asked for where no SMS provider is configured."""

    code = "verification_code.sms_not_offered"
    text = N_("暂不支持短信验证码，请使用邮箱验证码。")


class SlugInvalid(Invalid):
    """Not of the form of a portal address."""

    code = "slug.invalid"
    text = N_("请用 3 到 30 个小写字母、数字或连字符，以字母开头，如 xiamen-it。")


class SlugReserved(Invalid):
    """A word that the system needs itself."""

    code = "slug.reserved"
    text = N_("这个网址名称不能使用，请换一个。")


class SlugTaken(Conflict):
    """Another tenant has this portal address; the reviewer chooses another."""

    code = "slug.taken"
    text = N_("这个网址名称已被占用，请在批准时另选一个。")


class CreditCodeTaken(Conflict):
    """A partner with this credit code exists already."""

    code = "credit_code.taken"
    text = N_("已有服务商使用这个统一社会信用代码。")

"""E-mails and SMS that identity sends, and the port that sends them."""

from datetime import timedelta
from enum import StrEnum
from typing import Protocol

import msgspec

from app.platform.kernel.texts import N_, translator
from app.platform.kernel.unit_of_work import UnitOfWork


class EmailMessage(msgspec.Struct, frozen=True):
    """One e-mail in the reader's language. `reference` is unique for each thing that is to be sent once.

    The text holds a link that works like a key: whoever lists sent messages must not show it.
    """

    address: str
    subject: str
    text: str
    reference: str
    language: str = "zh-CN"


class MessageSender(Protocol):
    """Takes a message into the transaction of `work`; it leaves after the commit."""

    async def send_email(self, work: UnitOfWork, message: EmailMessage) -> None: ...

    async def send_code(self, work: UnitOfWork, mobile: str, code: str, language: str, reference: str) -> None:
        """Six digits by SMS."""


def reset_message(
    *, address: str, name: str, link: str, lifetime: timedelta, language: str, reference: str
) -> EmailMessage:
    """The password reset link."""
    _ = translator(language)
    minutes = int(lifetime.total_seconds() // 60)
    lines = [
        _("%(name)s，您好：", name=name),
        _("请在 %(minutes)s 分钟内打开下面的链接设置新密码，链接只能用一次：", minutes=minutes),
        link,
        _("如果不是您本人申请的，请不用理会，密码不会改变。"),
    ]
    return EmailMessage(address, _("重设萤火密码"), "\n\n".join(lines), reference, language)


class Notice(StrEnum):
    """Security notices to an account's owner, who may not have caused the change."""

    SECOND_FACTOR_ADDED = N_("两步验证已启用。")
    SECOND_FACTOR_REMOVED = N_("两步验证已关闭。")
    SECOND_FACTOR_RESET = N_("管理员重设了您的两步验证，下次登录后请重新设置。")
    SIGN_ON_LINKED = N_("您在一家公司的身份改为用公司账号登录。")
    MOBILE_CHANGED = N_("账号的手机号已更改。")
    RECOVERY_CODES_RENEWED = N_("恢复码已重新生成，旧的不再有效。")


def notice_message(notice: Notice, *, address: str, name: str, language: str, reference: str) -> EmailMessage:
    """Tell somebody what happened to their account."""
    _ = translator(language)
    lines = [
        _("%(name)s，您好：", name=name),
        _(notice.value),
        _("如果不是您本人操作的，请马上修改密码，并联系贵公司的管理员。"),
    ]
    return EmailMessage(address, _("萤火账号安全提醒"), "\n\n".join(lines), reference, language)


def code_message(
    *, address: str, name: str, code: str, lifetime: timedelta, language: str, reference: str
) -> EmailMessage:
    """Six digits for a member without a password who signs in by a new identity provider."""
    _ = translator(language)
    minutes = int(lifetime.total_seconds() // 60)
    lines = [
        _("%(name)s，您好：", name=name),
        _(
            "有人正在用公司账号以您的身份登录。是您本人的话，请在 %(minutes)s 分钟内填写确认码：",
            minutes=minutes,
        ),
        code,
        _("如果不是您本人，请不要把它告诉任何人，并联系贵公司的管理员。"),
    ]
    return EmailMessage(address, _("萤火登录确认码"), "\n\n".join(lines), reference, language)


def email_change_message(
    *, address: str, name: str, link: str, lifetime: timedelta, language: str, reference: str
) -> EmailMessage:
    """To the new address: proof that it is theirs."""
    _ = translator(language)
    hours = int(lifetime.total_seconds() // 3600)
    lines = [
        _("%(name)s，您好：", name=name),
        _("请在 %(hours)s 小时内打开下面的链接，把这个邮箱设为您的萤火账号邮箱，链接只能用一次：", hours=hours),
        link,
        _("如果不是您本人申请的，请不用理会。"),
    ]
    return EmailMessage(address, _("确认新的萤火账号邮箱"), "\n\n".join(lines), reference, language)


def email_changed_message(
    *, address: str, name: str, link: str, lifetime: timedelta, language: str, reference: str
) -> EmailMessage:
    """To the old address: the change, and with `link` a way to undo it."""
    _ = translator(language)
    lines = [_("%(name)s，您好：", name=name), _("您的萤火账号不再使用这个邮箱。")]
    if link:
        days = lifetime.days
        lines += [_("如果不是您本人操作的，请在 %(days)s 天内打开下面的链接改回来：", days=days), link]
    return EmailMessage(address, _("您的萤火账号邮箱已更改"), "\n\n".join(lines), reference, language)


def invitation_message(
    *, address: str, name: str, company: str, link: str, lifetime: timedelta, language: str, reference: str
) -> EmailMessage:
    """The invitation to become a member."""
    _ = translator(language)
    lines = [
        _("%(name)s，您好：", name=name),
        _("%(company)s 邀请您加入萤火。请在 %(days)s 天内打开下面的链接：", company=company, days=lifetime.days),
        link,
        _("链接只能用一次，请不要转发。"),
    ]
    return EmailMessage(address, _("%(company)s 邀请您加入", company=company), "\n\n".join(lines), reference, language)

"""What identity sends people, and the port it sends it by."""

from datetime import timedelta
from typing import Protocol

import msgspec

from app.kernel.texts import translator
from app.kernel.work import UnitOfWork


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


def reset_message(
    *, address: str, name: str, link: str, lifetime: timedelta, language: str, reference: str
) -> EmailMessage:
    """The reset link, for somebody who asked for it, or was said to."""
    _ = translator(language)
    minutes = int(lifetime.total_seconds() // 60)
    lines = [
        _("%(name)s，您好：", name=name),
        _("请在 %(minutes)s 分钟内打开下面的链接设置新密码，链接只能用一次：", minutes=minutes),
        link,
        _("如果不是您本人申请的，请不用理会，密码不会改变。"),
    ]
    return EmailMessage(address, _("重设萤火密码"), "\n\n".join(lines), reference, language)


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

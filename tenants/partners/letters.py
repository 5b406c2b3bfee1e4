"""What applicants are told by e-mail and SMS, in the language that they applied in."""

from uuid import UUID

from app.kernel.texts import N_, translator
from app.notifications import SMS_CODE_TEMPLATE, ChannelName, OutgoingMessage

_SUBJECT_CODE = N_("萤火验证码 %(code)s")
_TEXT_CODE = N_("您的验证码是 %(code)s，10 分钟内有效。如果不是您在申请加入萤火，请忽略这条消息。")
_SUBJECT_RECEIVED = N_("已收到您的加盟申请 %(number)s")
_TEXT_RECEIVED = N_(
    "%(contact)s，您好：\n\n%(company)s 的加盟申请已经收到，编号 %(number)s。"
    "总部会核对资料，结果发到这个邮箱。\n\n随时查看进度：%(link)s"
)
_SUBJECT_APPROVED = N_("欢迎加入萤火：申请 %(number)s 已通过")
_TEXT_APPROVED = N_(
    "%(contact)s，您好：\n\n%(company)s 的加盟申请 %(number)s 已经通过，授权星级 %(stars)s 星。"
    "系统正在为您开通，登录邀请会另外发到这个邮箱。"
)
_SUBJECT_REJECTED = N_("加盟申请 %(number)s 的审核结果")
_TEXT_REJECTED = N_(
    "%(contact)s，您好：\n\n%(company)s 的加盟申请 %(number)s 没有通过。\n\n原因：%(reason)s\n\n"
    "补充资料后欢迎重新申请：%(link)s"
)


def code_letter(channel: ChannelName, address: str, code: str, code_id: UUID, language: str) -> OutgoingMessage:
    """The six digits."""
    speak = translator(language)
    return OutgoingMessage(
        channel=channel,
        address=address,
        subject=speak(_SUBJECT_CODE, code=code),
        text=speak(_TEXT_CODE, code=code),
        language=language,
        reference=f"verification_code:{code_id}",
        template=SMS_CODE_TEMPLATE if channel is ChannelName.SMS else None,
        parameters={"code": code},
    )


def received_letter(
    address: str, language: str, *, number: str, contact: str, company: str, link: str
) -> OutgoingMessage:
    """The application has arrived; `link` is its status page."""
    speak = translator(language)
    return OutgoingMessage(
        channel=ChannelName.EMAIL,
        address=address,
        subject=speak(_SUBJECT_RECEIVED, number=number),
        text=speak(_TEXT_RECEIVED, number=number, contact=contact, company=company, link=link),
        language=language,
        reference=f"application_received:{number}",
    )


def approved_letter(
    address: str, language: str, *, number: str, contact: str, company: str, stars: int
) -> OutgoingMessage:
    """The application is approved; the invitation follows separately."""
    speak = translator(language)
    return OutgoingMessage(
        channel=ChannelName.EMAIL,
        address=address,
        subject=speak(_SUBJECT_APPROVED, number=number),
        text=speak(_TEXT_APPROVED, number=number, contact=contact, company=company, stars=stars),
        language=language,
        reference=f"application_approved:{number}",
    )


def rejected_letter(
    address: str, language: str, *, number: str, contact: str, company: str, reason: str, link: str
) -> OutgoingMessage:
    """The application is rejected, and why; `link` leads to a new one."""
    speak = translator(language)
    return OutgoingMessage(
        channel=ChannelName.EMAIL,
        address=address,
        subject=speak(_SUBJECT_REJECTED, number=number),
        text=speak(_TEXT_REJECTED, number=number, contact=contact, company=company, reason=reason, link=link),
        language=language,
        reference=f"application_rejected:{number}",
    )

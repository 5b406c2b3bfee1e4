"""E-mails and SMS to applicants and owners, in the language of the application."""

from uuid import UUID

from app.platform.kernel.texts import N_, translator
from app.platform.notifications import SMS_CODE_TEMPLATE, ChannelName, OutgoingMessage
from tenants.partners.lifecycle import Step

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

_STEP_TEXTS = {
    Step.ACTIVATE: (
        N_("%(company)s 已转为正式服务商"),
        N_("您好：\n\n总部已把 %(company)s 转为正式服务商。\n\n说明：%(reason)s\n\n登录：%(link)s"),
    ),
    Step.SUSPEND: (
        N_("%(company)s 已被暂停服务"),
        N_(
            "您好：\n\n总部已暂停 %(company)s 的服务。\n\n原因：%(reason)s\n\n"
            "暂停期间可以查看和导出，不能修改；数据都保留，恢复后照常工作。请联系总部。\n\n登录：%(link)s"
        ),
    ),
    Step.REACTIVATE: (
        N_("%(company)s 已恢复服务"),
        N_("您好：\n\n总部已恢复 %(company)s 的服务，现在可以照常工作。\n\n说明：%(reason)s\n\n登录：%(link)s"),
    ),
    Step.TERMINATE: (
        N_("%(company)s 已退出萤火网络"),
        N_(
            "您好：\n\n总部已终止 %(company)s 的加盟。\n\n原因：%(reason)s\n\n"
            "公司的人员、客户和员工都不能再登录；您可以在 %(until)s 前登录并导出全部数据，之后数据将被清除，不能恢复。"
            "\n\n导出：%(link)s"
        ),
    ),
    Step.REINSTATE: (
        N_("%(company)s 的退出已撤回"),
        N_(
            "您好：\n\n总部已撤回 %(company)s 的退出，现在是暂停状态：可以查看和导出，不能修改。"
            "\n\n说明：%(reason)s\n\n登录：%(link)s"
        ),
    ),
}
"""Subject and text of the notice to a partner's owners for each step."""


def code_message(channel: ChannelName, address: str, code: str, code_id: UUID, language: str) -> OutgoingMessage:
    """The six digits."""
    translate = translator(language)
    return OutgoingMessage(
        channel=channel,
        address=address,
        subject=translate(_SUBJECT_CODE, code=code),
        text=translate(_TEXT_CODE, code=code),
        language=language,
        reference=f"verification_code:{code_id}",
        template=SMS_CODE_TEMPLATE if channel is ChannelName.SMS else None,
        parameters={"code": code},
    )


def received_message(
    address: str, language: str, *, number: str, contact: str, company: str, link: str
) -> OutgoingMessage:
    """The application has arrived; `link` is its status page."""
    translate = translator(language)
    return OutgoingMessage(
        channel=ChannelName.EMAIL,
        address=address,
        subject=translate(_SUBJECT_RECEIVED, number=number),
        text=translate(_TEXT_RECEIVED, number=number, contact=contact, company=company, link=link),
        language=language,
        reference=f"application_received:{number}",
    )


def approved_message(
    address: str, language: str, *, number: str, contact: str, company: str, stars: int
) -> OutgoingMessage:
    """The application is approved; the invitation follows separately."""
    translate = translator(language)
    return OutgoingMessage(
        channel=ChannelName.EMAIL,
        address=address,
        subject=translate(_SUBJECT_APPROVED, number=number),
        text=translate(_TEXT_APPROVED, number=number, contact=contact, company=company, stars=stars),
        language=language,
        reference=f"application_approved:{number}",
    )


def rejected_message(
    address: str, language: str, *, number: str, contact: str, company: str, reason: str, link: str
) -> OutgoingMessage:
    """The application is rejected, and why; `link` leads to a new one."""
    translate = translator(language)
    return OutgoingMessage(
        channel=ChannelName.EMAIL,
        address=address,
        subject=translate(_SUBJECT_REJECTED, number=number),
        text=translate(_TEXT_REJECTED, number=number, contact=contact, company=company, reason=reason, link=link),
        language=language,
        reference=f"application_rejected:{number}",
    )


def step_message(
    address: str, language: str, *, step: str, company: str, reason: str, until: str, link: str, reference: str
) -> OutgoingMessage:
    """To an owner: headquarters has changed where the company stands. `until` is the day on which retention ends."""
    translate = translator(language)
    subject, text = _STEP_TEXTS[Step(step)]
    return OutgoingMessage(
        channel=ChannelName.EMAIL,
        address=address,
        subject=translate(subject, company=company),
        text=translate(text, company=company, reason=translate(reason) if reason else "", until=until, link=link),
        language=language,
        reference=reference,
    )

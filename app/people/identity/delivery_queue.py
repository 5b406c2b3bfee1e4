"""Identity's messages in the delivery queue: added in the same transaction, sent after the commit."""

from app.people.identity.messages import EmailMessage
from app.platform.kernel.texts import N_, translator
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.notifications import SMS_CODE_TEMPLATE, ChannelName, OutgoingMessage, send


class DeliveryQueue:
    """Fills the port `MessageSender`."""

    async def send_email(self, work: UnitOfWork, message: EmailMessage) -> None:
        await send(
            work,
            OutgoingMessage(
                channel=ChannelName.EMAIL,
                address=message.address,
                subject=message.subject,
                text=message.text,
                language=message.language,
                reference=message.reference,
            ),
        )

    async def send_code(self, work: UnitOfWork, mobile: str, code: str, language: str, reference: str) -> None:
        translate = translator(language)
        await send(
            work,
            OutgoingMessage(
                channel=ChannelName.SMS,
                address=mobile,
                subject=translate(N_("验证码 %(code)s"), code=code),
                text=translate(N_("您的验证码是 %(code)s，10 分钟内有效，请勿告诉别人。"), code=code),
                language=language,
                reference=reference,
                template=SMS_CODE_TEMPLATE,
                parameters={"code": code},
            ),
        )

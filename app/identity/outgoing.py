"""Identity's messages on their way: queued in the same transaction, sent after the commit."""

from app.identity.messages import EmailMessage
from app.kernel.work import UnitOfWork
from app.notifications import ChannelName, OutgoingMessage, send


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

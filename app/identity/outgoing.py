"""Identity's messages on their way: a row for the channel to deliver, in the same transaction."""

from app.identity.messages import EmailMessage
from app.kernel.outbox import DueKind
from app.kernel.work import UnitOfWork
from app.notifications.models import Delivery


class DeliveryQueue:
    """Fills the port `MessageSender`."""

    async def send_email(self, work: UnitOfWork, message: EmailMessage) -> None:
        delivery_id = work.new_id()
        work.session.add(
            Delivery(
                tenant_id=work.tenant_id,
                id=delivery_id,
                channel="email",
                address=message.address,
                reference=message.reference,
                subject=message.subject[:200],
                text=message.text,
                state="waiting",
                created_at=work.now,
            )
        )
        work.fall_due(DueKind.DELIVERY_RETRY, delivery_id, work.now)

"""What becomes of the messages to a client's people when its company is forgotten."""

from sqlalchemy import delete

from app.platform.kernel.client_company import Company
from app.platform.notifications.models import Delivery, Notification


async def notifications(company: Company) -> int:
    """What stood in their bells."""
    return await company.count(delete(Notification).where(*company.own(Notification)))


async def deliveries(company: Company) -> int:
    """What was sent to the company's addresses."""
    return await company.count(delete(Delivery).where(Delivery.address.in_(company.addresses)))

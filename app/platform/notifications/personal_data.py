"""What this area keeps of an employee: messages to their addresses."""

from typing import Any

from sqlalchemy import delete

from app.platform.kernel.personal_data import Person
from app.platform.notifications.models import Delivery


async def erase(person: Person) -> dict[str, int]:
    """The messages are deleted."""
    return {"delivery": await person.count(delete(Delivery).where(Delivery.address.in_(person.addresses)))}


async def tell(person: Person) -> dict[str, list[dict[str, Any]]]:
    """The messages, without their texts."""
    columns = (Delivery.created_at, Delivery.channel, Delivery.address, Delivery.subject)
    where = (Delivery.address.in_(person.addresses),)
    return {"messages": await person.rows(*columns, where=where, order=Delivery.created_at)}

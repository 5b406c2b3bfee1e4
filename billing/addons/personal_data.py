"""What this area keeps of an employee: remarks and reasons that name them."""

from typing import Any

from app.platform.kernel.personal_data import Person
from billing.addons.models import AddonOrder


async def erase(person: Person) -> dict[str, int]:
    """Remarks and reasons of the client's orders lose the person's words."""
    of_client = AddonOrder.client_id == person.client_id
    named = (of_client, AddonOrder.remark.contains(person.name, autoescape=True))
    remarks = await person.change(AddonOrder, named, remark=person.without(AddonOrder.remark))
    named = (of_client, AddonOrder.reason.contains(person.name, autoescape=True))
    reasons = await person.change(AddonOrder, named, reason=person.without(AddonOrder.reason))
    named = (of_client, AddonOrder.ordered_by_name == person.name)
    names = await person.change(AddonOrder, named, ordered_by_name=person.pseudonym)
    return {"addon_order": remarks + reasons + names}


async def tell(_: Person) -> dict[str, list[dict[str, Any]]]:
    """What colleagues write for each other is not told."""
    return {}

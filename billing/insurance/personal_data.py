"""What this area keeps of an employee: reasons that name them."""

from typing import Any

from app.platform.kernel.personal_data import Person
from billing.insurance.models import InsurancePolicy


async def erase(person: Person) -> dict[str, int]:
    """Reasons lose the person's words."""
    named = (
        InsurancePolicy.client_id == person.client_id,
        InsurancePolicy.reason.contains(person.name, autoescape=True),
    )
    return {
        "insurance_policy": await person.change(InsurancePolicy, named, reason=person.without(InsurancePolicy.reason))
    }


async def tell(_: Person) -> dict[str, list[dict[str, Any]]]:
    """What colleagues write for each other is not told."""
    return {}

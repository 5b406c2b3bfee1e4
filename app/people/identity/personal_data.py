"""What this area keeps of an employee: the reporters that they report as."""

from typing import Any

from app.people.identity.models import Reporter
from app.platform.kernel.personal_data import Person


async def erase(person: Person) -> dict[str, int]:
    """The reporters bear the pseudonym and report no more."""
    mine = (Reporter.id.in_(person.reporters),)
    return {"reporter": await person.change(Reporter, mine, display_name=person.pseudonym, state="inactive")}


async def tell(_: Person) -> dict[str, list[dict[str, Any]]]:
    """A reporter holds nothing that the employee's own row does not tell."""
    return {}

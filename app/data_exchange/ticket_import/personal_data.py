"""What this area keeps of an employee: the name in another system's log."""

from typing import Any

from app.data_exchange.ticket_import.models import ImportedName
from app.platform.kernel.personal_data import Person


async def erase(person: Person) -> dict[str, int]:
    """The name that was matched with the employee becomes the pseudonym."""
    mine = (ImportedName.client_id == person.client_id, ImportedName.record_id == person.employee_id)
    return {"imported_name": await person.change(ImportedName, mine, name=person.pseudonym)}


async def tell(_: Person) -> dict[str, list[dict[str, Any]]]:
    """The name of the log is the employee's own."""
    return {}

"""What this area keeps of an employee."""

from typing import Any

from app.assets.clients.models import Employee
from app.platform.kernel.personal_data import Person


async def erase(person: Person) -> dict[str, int]:
    """The employee's row bears the pseudonym."""
    changed = await person.change(
        Employee,
        (Employee.client_id == person.client_id, Employee.id == person.employee_id),
        name=person.pseudonym,
        state="inactive",
        employee_number="",
        phone="",
        email="",
        vip=False,
        version=Employee.version + 1,
    )
    return {"employee": changed}


async def tell(_: Person) -> dict[str, list[dict[str, Any]]]:
    """The employee's own row heads what is told."""
    return {}

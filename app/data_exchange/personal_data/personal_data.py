"""What this area keeps of an employee: the requests about them."""

from typing import Any

from app.data_exchange.personal_data.models import PersonalDataRequest
from app.platform.kernel.personal_data import Person


async def erase(_: Person) -> dict[str, int]:
    """That it was asked for stays, as the proof that it was done."""
    return {}


async def tell(person: Person) -> dict[str, list[dict[str, Any]]]:
    """The requests, this one left out."""
    columns = (PersonalDataRequest.requested_at, PersonalDataRequest.kind, PersonalDataRequest.state)
    where = (
        PersonalDataRequest.client_id == person.client_id,
        PersonalDataRequest.employee_id == person.employee_id,
    )
    return {"requests": await person.rows(*columns, where=where, order=PersonalDataRequest.requested_at)}

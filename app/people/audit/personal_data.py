"""What the log keeps of an employee. Erased is nothing of it: it names people by ids only."""

from typing import Any

from app.platform.kernel.audit import AuditEntry
from app.platform.kernel.personal_data import Person


async def erase(_: Person) -> dict[str, int]:
    """Network logs are kept (`kept_after_erasure`)."""
    return {}


async def tell(person: Person) -> dict[str, list[dict[str, Any]]]:
    """When and from where the person signed in."""
    columns = (AuditEntry.occurred_at, AuditEntry.action, AuditEntry.network_address)
    where = person.of_reporter(AuditEntry)
    return {"sign_ins": await person.rows(*columns, where=where, order=AuditEntry.occurred_at)}

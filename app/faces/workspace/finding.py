"""The desk's search, ticket numbers of imported former systems included."""

import msgspec

from app.history import tickets_called
from app.kernel.work import UnitOfWork
from app.tickets import Findings, FindingService, ReadingService


async def found_by(work: UnitOfWork, typed: str) -> Findings:
    """As `FindingService.find`; a complete ticket number of a former system finds its ticket too."""
    found = await FindingService(work).find(typed)
    known = {ticket.id for ticket in found.tickets}
    former = [ticket_id for ticket_id in await tickets_called(work, typed) if ticket_id not in known]
    if not former:
        return found
    return msgspec.structs.replace(found, tickets=[*await ReadingService(work).those(former), *found.tickets])

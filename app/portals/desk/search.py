"""The desk's search, ticket numbers of imported former systems included."""

import msgspec

from app.data_exchange.ticket_import import tickets_by_former_number
from app.desk.tickets import SearchResults, SearchService, TicketQueries
from app.platform.kernel.unit_of_work import UnitOfWork


async def search(work: UnitOfWork, typed: str) -> SearchResults:
    """As `SearchService.search`; a complete ticket number of a former system finds its ticket too."""
    found = await SearchService(work).search(typed)
    known = {ticket.id for ticket in found.tickets}
    former = [ticket_id for ticket_id in await tickets_by_former_number(work, typed) if ticket_id not in known]
    if not former:
        return found
    return msgspec.structs.replace(found, tickets=[*await TicketQueries(work).by_ids(former), *found.tickets])

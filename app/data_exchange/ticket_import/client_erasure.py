"""What becomes of names in other systems' logs when a client's company is forgotten."""

from sqlalchemy import String, cast

from app.data_exchange.ticket_import.models import ImportedName
from app.platform.kernel.client_company import Company


async def imported_names(company: Company) -> int:
    """A ticket still names the row, and the row names nobody."""
    return await company.change(ImportedName, company.own(ImportedName), name=cast(ImportedName.id, String))

"""What becomes of names in other systems' logs when a client's company is forgotten."""

from sqlalchemy import String, cast, func

from app.data_exchange.ticket_import.models import ImportedName
from app.platform.kernel.client_company import Company


async def imported_names(company: Company) -> int:
    """A ticket still names the row, and the row names nobody."""
    name = func.concat(company.pseudonym, "-", cast(ImportedName.id, String))
    return await company.change(ImportedName, company.own(ImportedName), name=name)

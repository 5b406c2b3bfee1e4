"""What becomes of a client's lists when its company is forgotten."""

from sqlalchemy import delete

from app.platform.imports.models import ImportMapping, ImportRun
from app.platform.imports.tasks import forget_lists
from app.platform.kernel.client_company import Company


async def import_runs(company: Company) -> int:
    """The files and what was quoted of them go; that something was brought in stays."""
    forgotten = await forget_lists(company.session, *company.own(ImportRun))
    await company.change(ImportRun, company.own(ImportRun), file_name="")
    return forgotten


async def import_mappings(company: Company) -> int:
    """Headings of lists that nobody sends any more."""
    return await company.count(delete(ImportMapping).where(*company.own(ImportMapping)))

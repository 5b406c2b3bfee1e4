"""What becomes of those who signed in for a client when its company is forgotten."""

from sqlalchemy import delete

from app.people.identity.models import Invitation, Membership, Reporter
from app.people.identity.states import ReporterState
from app.platform.kernel.client_company import Company


async def reporters(company: Company) -> int:
    """A person's bears the person's pseudonym by now; a shared device has no person behind it."""
    shared = (*company.own(Reporter), Reporter.employee_id.is_(None))
    return await company.change(Reporter, shared, display_name=company.pseudonym, state=ReporterState.INACTIVE)


async def memberships(company: Company) -> int:
    """What they did names them by an id; accounts that belong nowhere else go after the commit (`accounts.py`)."""
    return await company.count(delete(Membership).where(*company.own(Membership)))


async def invitations(company: Company) -> int:
    """A link that was sent leads nowhere."""
    return await company.count(delete(Invitation).where(*company.own(Invitation)))

"""What becomes of a client's identity provider when its company is forgotten."""

from sqlalchemy import delete

from app.people.single_sign_on.models import IdentityProvider
from app.platform.kernel.client_company import Company


async def identity_providers(company: Company) -> int:
    """Nobody signs in through it any more."""
    return await company.count(delete(IdentityProvider).where(*company.own(IdentityProvider)))

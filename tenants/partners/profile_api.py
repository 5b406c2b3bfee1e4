"""A partner's own profile as JSON."""

from litestar import get, patch
from litestar.params import JSONBody

from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from rbac import Permission
from tenants.partners.schemas import CompanyProfile, CompanyProfileUpdate
from tenants.partners.services.company_profile import CompanyProfiles

TAGS = ["company"]


@get("/company", permission=Permission.TENANT_WRITE, tags=TAGS)
async def read_company(work: RequestWork) -> CompanyProfile:
    """What the own company tells its people and clients: hot-line, city, zone, silence rule."""
    return await CompanyProfiles(work).get()


@patch("/company", permission=Permission.TENANT_WRITE, tags=TAGS)
async def update_company(work: RequestWork, data: JSONBody[CompanyProfileUpdate]) -> CompanyProfile:
    """Change some of it; the public directory follows."""
    return await CompanyProfiles(work).update(data)


handlers = handlers_of(__name__)

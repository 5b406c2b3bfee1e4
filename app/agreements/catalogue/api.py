"""The catalogue as JSON."""

from litestar import get

from app.agreements.catalogue.schemas import Catalogue
from app.agreements.catalogue.service import CatalogueService
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from rbac import Permission


@get("/catalogue", permission=Permission.CATALOGUE_READ, tags=["catalogue"])
async def read_catalogue(work: RequestWork) -> Catalogue:
    """The service and product categories that tickets are classified by."""
    return await CatalogueService(work).catalogue()


handlers = handlers_of(__name__)

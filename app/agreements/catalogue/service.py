"""Adopting and reading the catalogue."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.agreements.catalogue import models, schemas
from app.agreements.catalogue.standard import PRODUCT_CATEGORIES, SERVICE_CATEGORIES
from app.platform.kernel.columns import columns_of
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission


async def provision_catalogue(work: UnitOfWork) -> None:
    """Give the tenant every category of the standard that it does not have yet. Repeating it changes nothing."""
    service = [
        {**category._asdict(), "tenant_id": work.tenant_id, "id": work.new_id(), "position": position, "active": True}
        for position, category in enumerate(SERVICE_CATEGORIES, start=1)
    ]
    product = [
        {**category._asdict(), "tenant_id": work.tenant_id, "id": work.new_id(), "position": position, "active": True}
        for position, category in enumerate(PRODUCT_CATEGORIES, start=1)
    ]
    for model, rows in ((models.ServiceCategory, service), (models.ProductCategory, product)):
        await work.session.execute(
            insert(model).values(rows).on_conflict_do_nothing(index_elements=["tenant_id", "code"])
        )


class CatalogueService:
    """Reads the tenant's categories."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    async def catalogue(self) -> schemas.Catalogue:
        """
        Raises:
            Forbidden: without `catalogue:read`.
        """
        self._work.actor.require(Permission.CATALOGUE_READ)
        session = self._work.session
        service, product = models.ServiceCategory, models.ProductCategory
        services = await session.execute(
            select(*columns_of(schemas.ServiceCategoryView, service)).where(service.active).order_by(service.position)
        )
        products = await session.execute(
            select(*columns_of(schemas.ProductCategoryView, product)).where(product.active).order_by(product.position)
        )
        return schemas.Catalogue(
            [schemas.ServiceCategoryView(*row) for row in services],
            [schemas.ProductCategoryView(*row) for row in products],
        )

"""Products: the insurance terms of services in the catalogue of add-ons."""

from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.platform.kernel.errors import NotFound, StaleVersion
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.addons import AddonKind, AddonTarget
from billing.addons.models import Addon
from billing.insurance.errors import InsuranceAddonUnfit, InsuranceNotAuthorised, InsuranceProductTaken
from billing.insurance.models import InsuranceProduct
from billing.insurance.permissions import InsurancePermission
from billing.insurance.premiums import CoverTerms, PremiumRate
from billing.insurance.schemas import ProductView, ProductWrite
from billing.money import Money
from tenants.partners import authorised_categories

CATEGORY: Final = "device_insurance"
"""The service category that headquarters authorises a company for (N2)."""
_ROWS: Final[Any] = select(InsuranceProduct, Addon).join(
    Addon, (Addon.tenant_id == InsuranceProduct.tenant_id) & (Addon.id == InsuranceProduct.addon_id)
)


async def require_authorised(work: UnitOfWork) -> None:
    """
    Raises:
        InsuranceNotAuthorised: headquarters has not authorised the company for device insurance.
    """
    if CATEGORY not in await authorised_categories(work):
        raise InsuranceNotAuthorised


async def product_of(work: UnitOfWork, product_id: UUID) -> tuple[InsuranceProduct, Addon]:
    """A product with the service that it insures.

    Raises:
        NotFound: no such product in this company.
    """
    row = (await work.session.execute(_ROWS.where(InsuranceProduct.id == product_id))).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


class InsuranceProducts:
    """The products of the actor's company.

    Raises:
        Forbidden: without `insurance_policy:read`.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(InsurancePermission.INSURANCE_POLICY_READ)
        self._work = work

    async def all(self) -> list[ProductView]:
        """By the code of their service."""
        rows = await self._work.session.execute(_ROWS.order_by(Addon.code))
        return [_view(product, addon) for product, addon in rows]

    async def get(self, product_id: UUID) -> ProductView:
        """
        Raises:
            NotFound: no such product in this company.
        """
        return _view(*await product_of(self._work, product_id))

    async def insurable(self) -> list[tuple[str, str]]:
        """Ids and names of the services that can have insurance terms."""
        rows = await self._work.session.execute(
            select(Addon.id, Addon.name)
            .where(Addon.service_category == CATEGORY, Addon.kind == AddonKind.SUBSCRIBED)
            .where(Addon.target == AddonTarget.DEVICE)
            .order_by(Addon.code)
        )
        return [(str(row.id), row.name) for row in rows]

    async def create(self, wanted: ProductWrite) -> ProductView:
        """Give a service of the catalogue insurance terms.

        Raises:
            Forbidden: without `insurance_product:write`.
            InsuranceAddonUnfit, InsuranceProductTaken, InsuranceNotAuthorised
        """
        work = self._work
        work.actor.require(InsurancePermission.INSURANCE_PRODUCT_WRITE)
        work.require_writable()
        await require_authorised(work)
        if str(wanted.addon_id) not in {each for each, _ in await self.insurable()}:
            raise InsuranceAddonUnfit(fields={"addon_id": InsuranceAddonUnfit.text})
        made = await work.session.scalar(
            insert(InsuranceProduct)
            .values(
                tenant_id=work.tenant_id,
                id=work.new_id(),
                addon_id=wanted.addon_id,
                created_at=work.now,
                version=1,
                **await self._columns(wanted),
            )
            .on_conflict_do_nothing(index_elements=["tenant_id", "addon_id"])
            .returning(InsuranceProduct.id)
        )
        if made is None:
            raise InsuranceProductTaken
        work.audit("insurance_product.created", "insurance_product", made)
        return await self.get(made)

    async def change(self, product_id: UUID, wanted: ProductWrite) -> ProductView:
        """Change the terms for policies that are written from now on, and the rates for devices that come under one.

        Raises:
            NotFound, StaleVersion
            Forbidden: without `insurance_product:write`.
            InsuranceAddonUnfit: the service is another one.
        """
        work = self._work
        work.actor.require(InsurancePermission.INSURANCE_PRODUCT_WRITE)
        work.require_writable()
        row = await work.session.scalar(
            select(InsuranceProduct).where(InsuranceProduct.id == product_id).with_for_update()
        )
        if row is None:
            raise NotFound
        if row.version != wanted.version:
            raise StaleVersion
        if row.addon_id != wanted.addon_id:
            raise InsuranceAddonUnfit(fields={"addon_id": InsuranceAddonUnfit.text})
        for name, value in (await self._columns(wanted)).items():
            setattr(row, name, value)
        row.version += 1
        work.audit("insurance_product.changed", "insurance_product", row.id)
        await work.session.flush()
        return await self.get(product_id)

    async def _columns(self, wanted: ProductWrite) -> dict[str, Any]:
        currency = await self._work.session.scalar(select(Addon.currency).where(Addon.id == wanted.addon_id))
        if currency is None:
            raise NotFound
        terms = CoverTerms(
            perils=tuple(dict.fromkeys(wanted.perils)),
            waiting_days=wanted.waiting_days,
            deductible=Money.of(wanted.deductible, currency).minor,
            claim_limit=Money.of(wanted.claim_limit, currency).minor,
            year_limit=Money.of(wanted.year_limit, currency).minor,
        )
        return {"terms": msgspec.to_builtins(terms), "rates": msgspec.to_builtins(wanted.rates)}


def _view(product: InsuranceProduct, addon: Addon) -> ProductView:
    return ProductView(
        id=product.id,
        addon_id=addon.id,
        code=addon.code,
        name=addon.name,
        cycle=addon.cycle,
        currency=addon.currency,
        offered=addon.state == "offered",
        terms=msgspec.convert(product.terms, CoverTerms),
        rates=msgspec.convert(product.rates, list[PremiumRate]),
        version=product.version,
    )

"""The catalogue of add-ons: the company writes it, its clients read what is offered."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.agreements.catalogue import SERVICE_CATEGORIES
from app.platform.kernel.actor import Scope
from app.platform.kernel.columns import view_of
from app.platform.kernel.errors import Invalid, NotFound, StaleVersion
from app.platform.kernel.texts import N_, Text
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.addons.errors import AddonCodeTaken, AddonIncomplete, AddonNotAuthorised
from billing.addons.models import Addon
from billing.addons.permissions import AddonPermission
from billing.addons.schemas import AddonQuickEdit, AddonStateChange, AddonView, AddonWrite
from billing.addons.states import ADDON_MACHINE, AddonKind, AddonMove, AddonState, AddonTarget
from billing.money import PriceMode
from billing.pricebook import tax_rates_on
from tenants.company_time import company_day
from tenants.partners import authorised_categories

CURRENCY: Final = "CNY"
CATEGORY_NAMES: Final = {category.code: category.name for category in SERVICE_CATEGORIES}
CATEGORY_UNKNOWN: Final = N_("请选择服务类别。")
CODE_STAYS: Final = N_("编号不能更改。")
TAX_UNKNOWN: Final = N_("今天没有这个税率。")


async def require_authorised(work: UnitOfWork, category: str) -> None:
    """
    Raises:
        AddonNotAuthorised: headquarters has not authorised the company for this category.
    """
    if category not in await authorised_categories(work):
        raise AddonNotAuthorised(category=Text(CATEGORY_NAMES.get(category, category)))


class AddonCatalogue:
    """The add-ons of the actor's company. A client's people see those that are offered, and may be.

    Raises:
        Forbidden: without `addon:read`.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(AddonPermission.ADDON_READ)
        self._work = work

    async def all(self) -> list[AddonView]:
        """By code."""
        return [_to_view(row) for row in await self._rows()]

    async def offered(self) -> list[AddonView]:
        """Those that can be ordered today, by code."""
        allowed = await authorised_categories(self._work)
        rows = await self._rows()
        return [_to_view(row) for row in rows if row.state == AddonState.OFFERED and row.service_category in allowed]

    async def get(self, addon_id: UUID) -> AddonView:
        """
        Raises:
            NotFound: no such add-on in this company, or none that this client may see.
        """
        row = await self._work.session.scalar(select(Addon).where(Addon.id == addon_id))
        if row is None or (self._work.actor.scope is not Scope.TENANT and row.state != AddonState.OFFERED):
            raise NotFound
        return _to_view(row)

    async def create(self, wanted: AddonWrite) -> AddonView:
        """Add a service, offered from now on.

        Raises:
            Forbidden: without `addon:write`.
            AddonNotAuthorised, AddonIncomplete, AddonCodeTaken
            Invalid: no such service category, or tax rate of today.
        """
        work = self._work
        work.actor.require(AddonPermission.ADDON_WRITE)
        values = await self._checked(wanted)
        made = await work.session.scalar(
            insert(Addon)
            .values(
                tenant_id=work.tenant_id,
                id=work.new_id(),
                currency=CURRENCY,
                price_mode=PriceMode.TAX_INCLUDED,
                state=AddonState.OFFERED,
                created_at=work.now,
                version=1,
                **values,
            )
            .on_conflict_do_nothing(index_elements=["tenant_id", "code"])
            .returning(Addon.id)
        )
        if made is None:
            raise AddonCodeTaken(fields={"code": AddonCodeTaken.text})
        work.audit("addon.created", "addon", made, code=wanted.code)
        return await self.get(made)

    async def change(self, addon_id: UUID, wanted: AddonWrite) -> AddonView:
        """Change a service for whoever orders it from now on; orders keep their prices.

        Raises:
            as `create`; NotFound, StaleVersion.
        """
        row = await self._locked(addon_id, wanted.version)
        values = await self._checked(wanted)
        if wanted.code != row.code:
            raise Invalid(fields={"code": CODE_STAYS})
        return await self._write(row, values)

    async def quick_edit(self, wanted: Sequence[AddonQuickEdit]) -> int:
        """Change names, units and prices of many at once, all or none; returns how many differed.

        Raises:
            Forbidden, NotFound, StaleVersion: as `change`.
        """
        changed = 0
        for each in sorted(wanted, key=lambda line: line.id):
            row = await self._locked(each.id, None)
            values = {"name": each.name, "unit": each.unit, "unit_price": each.unit_price}
            if any(getattr(row, name) != value for name, value in values.items()):
                if row.version != each.version:
                    raise StaleVersion
                await self._write(row, values)
                changed += 1
        return changed

    async def change_state(self, addon_id: UUID, change: AddonStateChange) -> AddonView:
        """Withdraw it, or offer it again.

        Raises:
            Forbidden, NotFound, StaleVersion: as `change`.
            AddonMoveRefused: it is so already.
            AddonNotAuthorised
        """
        work = self._work
        row = await self._locked(addon_id, change.version)
        move = AddonMove.OFFER if change.state is AddonState.OFFERED else AddonMove.WITHDRAW
        after = ADDON_MACHINE.after(move, row.state)
        if move is AddonMove.OFFER:
            await require_authorised(work, row.service_category)
        row.state = after
        row.version += 1
        work.audit("addon.offered" if move is AddonMove.OFFER else "addon.withdrawn", "addon", row.id)
        await work.session.flush()
        return _to_view(row)

    async def _rows(self) -> Sequence[Addon]:
        return (await self._work.session.scalars(select(Addon).order_by(Addon.code))).all()

    async def _locked(self, addon_id: UUID, version: int | None) -> Addon:
        self._work.actor.require(AddonPermission.ADDON_WRITE)
        row = await self._work.session.scalar(select(Addon).where(Addon.id == addon_id).with_for_update())
        if row is None:
            raise NotFound
        if version is not None and row.version != version:
            raise StaleVersion
        return row

    async def _write(self, row: Addon, values: dict[str, object]) -> AddonView:
        fields = [name for name, value in values.items() if getattr(row, name) != value]
        for name in fields:
            setattr(row, name, values[name])
        if fields:
            row.version += 1
            self._work.audit("addon.changed", "addon", row.id, fields=fields)
            await self._work.session.flush()
        return _to_view(row)

    async def _checked(self, wanted: AddonWrite) -> dict[str, object]:
        work = self._work
        if wanted.service_category not in CATEGORY_NAMES:
            raise Invalid(fields={"service_category": CATEGORY_UNKNOWN})
        await require_authorised(work, wanted.service_category)
        if wanted.tax not in await tax_rates_on(work, await company_day(work)):
            raise Invalid(fields={"tax": TAX_UNKNOWN})
        subscribed = wanted.kind is AddonKind.SUBSCRIBED
        if subscribed and (wanted.cycle is None or wanted.billed is None):
            raise AddonIncomplete(fields={"cycle": AddonIncomplete.text})
        return {
            "code": wanted.code,
            "name": wanted.name,
            "description": wanted.description,
            "kind": wanted.kind.value,
            "target": wanted.target.value,
            "service_category": wanted.service_category,
            "unit": wanted.unit,
            "unit_price": wanted.unit_price,
            "tax": wanted.tax,
            "cycle": wanted.cycle.value if subscribed and wanted.cycle else "",
            "billed": wanted.billed.value if subscribed and wanted.billed else "",
        }


def _to_view(row: Addon) -> AddonView:
    return view_of(
        AddonView,
        row,
        kind=AddonKind(row.kind),
        target=AddonTarget(row.target),
        price_mode=PriceMode(row.price_mode),
        state=AddonState(row.state),
    )

"""A partner's charges, each step in a transaction of its own."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from app.platform.kernel.unit_of_work import UnitOfWorkFactory
from billing.money import Money, PriceMode
from billing.rating import Charged, ChargeDue, MarkKind, SourceKind, UnbilledCharge, settle, unbilled_charges
from billing.rating.charging import NO_GOODWILL, Source
from billing.rating.marks import lift, mark
from billing.rating.models import Charge
from billing.rating.schemas import MarkReason
from billing.rating.vocabulary import ChargeCategory
from tests.factories.network import ClientCompany, PartnerCompany
from tests.rating.work_scene import WorkScene

A_DAY = date(2026, 11, 16)
LATER = date(2026, 12, 1)


class ChargeScene:
    """The charges of one client."""

    def __init__(self, units_of_work: UnitOfWorkFactory, partner: PartnerCompany, client: ClientCompany) -> None:
        self.units_of_work, self.partner, self.client = units_of_work, partner, client
        self.source: Source = (SourceKind.MILESTONE, uuid4())

    def due(self, yuan: str, rule: str = "care/hour", source: Source | None = None) -> ChargeDue:
        kind, source_id = source or self.source
        return ChargeDue(
            client_id=self.client.id,
            source_kind=kind,
            source_id=source_id,
            rule=rule,
            day=A_DAY,
            name="桌面维护",
            quantity=Decimal(1),
            unit="hour",
            unit_price=Decimal(yuan),
            amount=Money.of(Decimal(yuan), "CNY"),
            tax="vat_6",
            price_mode=PriceMode.TAX_INCLUDED,
            category=ChargeCategory.WORK,
        )

    async def settle(self, *due: ChargeDue, goodwill: str = "") -> Charged:
        sources = {self.source, *((each.source_kind, each.source_id) for each in due)}
        waived = dict.fromkeys(sources, goodwill) if goodwill else NO_GOODWILL
        async with self.units_of_work.begin(self.partner.system) as work:
            return await settle(work, sources, due, waived)

    async def unbilled(self, until: date = LATER) -> list[UnbilledCharge]:
        async with self.units_of_work.begin(self.partner.owner) as work:
            return await unbilled_charges(work, self.client.id, until)

    async def mark(self, charge_id: UUID, kind: MarkKind, reason: str = "客户有异议") -> None:
        async with self.units_of_work.begin(self.partner.owner) as work:
            await mark(work, charge_id, kind, MarkReason(reason))

    async def lift(self, charge_id: UUID, kind: MarkKind) -> None:
        async with self.units_of_work.begin(self.partner.owner) as work:
            await lift(work, charge_id, kind)

    async def all(self) -> Sequence[Charge]:
        """In the order in which they were made."""
        async with self.units_of_work.begin(self.partner.system) as work:
            rows = await work.session.scalars(
                select(Charge).where(Charge.client_id == self.client.id).order_by(Charge.made_at, Charge.id)
            )
            return rows.all()


@pytest.fixture
def charges(units_of_work: UnitOfWorkFactory, partner: PartnerCompany, client: ClientCompany) -> ChargeScene:
    return ChargeScene(units_of_work, partner, client)


@pytest.fixture
def scene(units_of_work: UnitOfWorkFactory, partner: PartnerCompany, client: ClientCompany) -> WorkScene:
    return WorkScene(units_of_work, partner, client)

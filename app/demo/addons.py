"""Add-ons in the demo: each partner's catalogue, and what clients ordered from it."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from app.demo.onboarding import Client, Partner
from app.demo.simulation import Simulation
from app.platform.kernel.actor import Actor
from app.platform.kernel.time_source import PLATFORM_ZONE
from billing.addons import (
    AddonCatalogue,
    AddonConfirm,
    AddonDelivery,
    AddonEnd,
    AddonKind,
    AddonOrderCreate,
    AddonOrders,
    AddonOrderView,
    AddonTarget,
    AddonWrite,
    advance_orders,
)
from billing.periods import Cycle, day_in
from billing.terms.document import BilledWhen

_TAX: Final = "vat_6"
_SUBSCRIBED: Final = (
    ("SEC-WATCH", "网络安全监测", "network_security", "client", "套", "680", Cycle.MONTH, "每天看告警，当天通知。"),
    ("NET-WATCH", "网络巡检", "network", "site", "个网点", "260", Cycle.MONTH, "每月上门检查一次。"),
    ("BACKUP", "数据备份", "data_recovery", "client", "TB", "120", Cycle.MONTH, "每晚备份，每季演练。"),
    ("WEB-CARE", "网站维护", "website", "client", "个站", "3600", Cycle.YEAR, "域名、证书、更新和补丁。"),
    ("DEV-COVER", "设备保障", "device_insurance", "device", "台", "18", Cycle.MONTH, "意外损坏免费修。"),
)  # fmt: skip
"""Code, name, service category, what it is ordered for, unit, price, cycle, description."""
_ONE_OFF: Final = (
    ("TR-SEAT", "应用培训席位", "training", "client", "人", "150", "办公软件和信息安全培训，半天，上门授课。"),
    ("EXPRESS", "快速配送", "quick_delivery", "site", "次", "90", "耗材和备件当天送到。"),
    ("DR-DISK", "硬盘数据恢复", "data_recovery", "device", "块", "1200", "无法恢复不收费，只收检测费。"),
    ("TAILOR", "个性化服务", "personalised", "client", "次", "500", "按贵公司的要求定制脚本、镜像和流程。"),
)


class AddonSimulation:
    """Each call in a transaction of its own, at the simulated time."""

    def __init__(self, simulation: Simulation) -> None:
        self._begin = simulation.runtime.units_of_work.begin
        self._codes: dict[UUID, dict[str, UUID]] = {}

    async def open_catalogues(self, partners: Sequence[Partner]) -> None:
        """Each partner offers what headquarters lets it deliver."""
        for partner in partners:
            allowed = partner.company.authorisations
            wanted = [
                AddonWrite(
                    code=code,
                    name=name,
                    service_category=category,
                    kind=AddonKind.SUBSCRIBED,
                    target=AddonTarget(target),
                    unit=unit,
                    unit_price=Decimal(price),
                    tax=_TAX,
                    version=0,
                    cycle=cycle,
                    billed=BilledWhen.IN_ADVANCE,
                    description=description,
                )
                for code, name, category, target, unit, price, cycle, description in _SUBSCRIBED
                if category in allowed
            ]
            wanted += [
                AddonWrite(
                    code=code,
                    name=name,
                    service_category=category,
                    kind=AddonKind.ONE_OFF,
                    target=AddonTarget(target),
                    unit=unit,
                    unit_price=Decimal(price),
                    tax=_TAX,
                    version=0,
                    description=description,
                )
                for code, name, category, target, unit, price, description in _ONE_OFF
                if category in allowed
            ]
            async with self._begin(partner.owner) as work:
                catalogue = AddonCatalogue(work)
                self._codes[partner.id] = {each.code: (await catalogue.create(each)).id for each in wanted}

    async def first_orders(self, partners: Sequence[Partner], day: date) -> None:
        """Subscriptions that run through the whole demo, from a day inside the first month."""
        for partner in partners:
            for place, client in enumerate(partner.clients):
                codes = ("SEC-WATCH", "BACKUP") if place % 2 == 0 else ("WEB-CARE",)
                for code in codes:
                    if code in self._codes[partner.id]:
                        order = await self._order(partner, client.contact, client, code, start_on=day)
                        await self._confirm(partner, order)

    async def latest_orders(self, partners: Sequence[Partner]) -> None:
        """What fell due meanwhile; training that was delivered, an order that waits, a subscription that ends."""
        for partner in partners:
            async with self._begin(Actor.system(partner.id)) as work:
                await advance_orders(work)
                today = day_in(PLATFORM_ZONE, work.now)
            client = partner.clients[0]
            training = await self._order(partner, partner.dispatcher, client, "TR-SEAT", quantity="12")
            delivered = AddonDelivery(version=training.version, delivered_on=today - timedelta(days=2))
            async with self._begin(partner.dispatcher) as work:
                await AddonOrders(work).deliver(training.id, delivered)
            await self._order(
                partner, client.contact, client, "TR-SEAT", quantity="5", remark="财务部新员工，下周三下午方便。"
            )
            if "TAILOR" in self._codes[partner.id]:
                first = today - timedelta(days=20)
                order = await self._order(partner, partner.dispatcher, client, "SEC-WATCH", start_on=first)
                async with self._begin(client.contact) as work:
                    last = AddonEnd(
                        version=order.version, last_day=today + timedelta(days=9), reason="换用集团统一的方案"
                    )
                    await AddonOrders(work).end(order.id, last)

    async def _order(
        self,
        partner: Partner,
        actor: Actor,
        client: Client,
        code: str,
        *,
        quantity: str = "1",
        start_on: date | None = None,
        remark: str = "",
    ) -> AddonOrderView:
        wanted = AddonOrderCreate(
            addon_id=self._codes[partner.id][code],
            quantity=Decimal(quantity),
            client_id=client.id,
            start_on=start_on,
            remark=remark,
        )
        async with self._begin(actor) as work:
            return await AddonOrders(work).order(wanted)

    async def _confirm(self, partner: Partner, order: AddonOrderView) -> None:
        async with self._begin(partner.dispatcher) as work:
            await AddonOrders(work).confirm(order.id, AddonConfirm(order.version))

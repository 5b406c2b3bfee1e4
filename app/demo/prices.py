"""Prices in the demo: headquarters' standard, and a price book of each partner."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from app.demo.onboarding import Partner
from app.demo.simulation import Simulation
from app.platform.kernel.actor import Actor
from billing.pricebook import PriceBook, PriceBookPublish, PriceLineWrite, StandardPrices, StandardPriceWrite

_PRODUCTS: Final = (
    ("DT-CASE", "桌面故障处理", "次", "hardware", "120", "80", "200"),
    ("DT-HOUR", "工程师工时", "小时", "hardware", "180", "120", "300"),
    ("DT-HOUR-OT", "工程师工时（非服务时间）", "小时", "hardware", "270", "180", "450"),
    ("DT-TRIP", "上门交通", "次", "hardware", "50", "0", "120"),
    ("SW-INSTALL", "软件安装与调试", "次", "software", "80", "50", "160"),
    ("NW-SURVEY", "网络勘查", "次", "network", "300", "200", "600"),
    ("PR-CLEAN", "打印机保养", "台", "hardware", "60", "40", "120"),
    ("SEC-CHECK", "安全检查", "台", "network_security", "45", "30", "90"),
    ("DR-DIAG", "数据恢复检测", "块", "data_recovery", "200", "100", "400"),
    ("TR-SEAT", "用户培训", "人", "training", "150", "90", "300"),
)
"""Code, name, unit, service category, and the suggested, lowest and highest price."""
_TAX: Final = "vat_6"


async def set_prices(simulation: Simulation, administrator: Actor, partners: Sequence[Partner], day: date) -> None:
    """Headquarters sets the standard; each partner publishes its first price book from it and drafts a second one."""
    async with simulation.runtime.units_of_work.begin(administrator) as work:
        for code, name, unit, category, suggested, floor, ceiling in _PRODUCTS:
            wanted = StandardPriceWrite(
                name, unit, category, Decimal(suggested), Decimal(floor), Decimal(ceiling), _TAX, 0
            )
            await StandardPrices(work).write(code, wanted)
    for partner in partners:
        async with simulation.runtime.units_of_work.begin(partner.owner) as work:
            book = PriceBook(work)
            first = await book.begin()
            own = PriceLineWrite("OWN-CABLE", "网线制作", "根", "network", Decimal("15.5"), "vat_13")
            await book.write_line(first.id, own)
            await book.publish(first.id, PriceBookPublish(day, first.version, "第一版"))
            second = await book.begin()
            travel = next(line for line in await book.lines(second.id) if line.code == "DT-TRIP")
            dearer = PriceLineWrite(travel.code, travel.name, travel.unit, travel.service_category, Decimal(60), _TAX)
            await book.write_line(second.id, dearer, travel.id)

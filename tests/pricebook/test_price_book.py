"""A company's price book: versions, bounds, and what something costs on a day."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import httpx
import pytest

from app.platform.kernel.errors import Forbidden, Invalid, NotFound, StaleVersion
from app.platform.kernel.time_source import SettableClock
from app.platform.kernel.unit_of_work import UnitOfWorkFactory
from billing.pricebook import price_on, tax_rates_on
from billing.pricebook.errors import (
    BoundsCrossed,
    EffectiveDayPast,
    PriceBookEmpty,
    PriceBookMoveRefused,
    PriceCodeTaken,
    PriceOutOfBounds,
    TaxRateMissing,
)
from billing.pricebook.schemas import (
    PriceBookPublish,
    PriceBookVersionView,
    PriceChangeKind,
    PriceLineWrite,
    StandardPriceWrite,
)
from billing.pricebook.service import PriceBook
from billing.pricebook.standard import StandardPrices
from tests.factories.network import Network, PartnerCompany

TODAY = date(2026, 11, 16)
pytestmark = pytest.mark.usefixtures("monday_morning")


def hour(price: str = "180", code: str = "DT-HOUR", tax: str = "vat_6") -> PriceLineWrite:
    return PriceLineWrite(code, "工程师工时", "小时", "hardware", Decimal(price), tax)


def standard(floor: str, suggested: str, ceiling: str, version: int = 0, tax: str = "vat_6") -> StandardPriceWrite:
    return StandardPriceWrite(
        "工程师工时", "小时", "hardware", Decimal(suggested), Decimal(floor), Decimal(ceiling), tax, version
    )


class Prices:
    """A partner's price book, each call in a transaction of its own."""

    def __init__(self, units_of_work: UnitOfWorkFactory, partner: PartnerCompany) -> None:
        self.units_of_work, self.partner = units_of_work, partner

    async def call(self, name: str, *arguments: object) -> object:
        async with self.units_of_work.begin(self.partner.owner) as work:
            return await getattr(PriceBook(work), name)(*arguments)

    async def draft(self, *lines: PriceLineWrite) -> PriceBookVersionView:
        async with self.units_of_work.begin(self.partner.owner) as work:
            book = PriceBook(work)
            begun = await book.begin()
            before = {line.code: line.id for line in await book.lines(begun.id)}
            for line in lines:
                await book.write_line(begun.id, line, before.get(line.code))
            return begun

    async def publish(self, *lines: PriceLineWrite, day: date = TODAY) -> PriceBookVersionView:
        draft = await self.draft(*lines)
        async with self.units_of_work.begin(self.partner.owner) as work:
            return await PriceBook(work).publish(draft.id, PriceBookPublish(day, draft.version))

    async def price(self, day: date, code: str = "DT-HOUR") -> Decimal | None:
        async with self.units_of_work.begin(self.partner.system) as work:
            found = await price_on(work, code, day)
            return None if found is None else found.unit_price


@pytest.fixture
def prices(units_of_work: UnitOfWorkFactory, partner: PartnerCompany) -> Prices:
    return Prices(units_of_work, partner)


async def test_work_costs_what_held_on_its_day(prices: Prices) -> None:
    await prices.publish(hour("180"))
    await prices.publish(hour("200"), day=TODAY + timedelta(days=30))
    assert await prices.price(TODAY - timedelta(days=1)) is None
    assert await prices.price(TODAY) == 180
    assert await prices.price(TODAY + timedelta(days=29)) == 180
    assert await prices.price(TODAY + timedelta(days=30)) == 200
    assert await prices.price(TODAY, "OTHER") is None


async def test_of_two_versions_of_one_day_the_later_one_holds(prices: Prices) -> None:
    await prices.publish(hour("180"))
    await prices.publish(hour("190"))
    assert await prices.price(TODAY) == 190


async def test_a_draft_costs_nothing_yet(prices: Prices) -> None:
    await prices.draft(hour())
    assert await prices.price(TODAY) is None


async def test_ten_who_begin_at_once_write_one_draft(prices: Prices) -> None:
    begun = await asyncio.gather(*(prices.draft() for _ in range(10)))
    assert {(each.id, each.number) for each in begun} == {(begun[0].id, 1)}


async def test_the_next_version_begins_with_the_prices_of_the_last(prices: Prices) -> None:
    await prices.publish(hour("180.125"))
    second = await prices.draft()
    lines = await prices.call("lines", second.id)
    assert [(line.code, line.unit_price) for line in lines] == [("DT-HOUR", Decimal("180.125"))]  # type: ignore[attr-defined]


async def test_what_was_published_is_not_written_any_more(prices: Prices) -> None:
    published = await prices.publish(hour())
    for move in (
        ("write_line", published.id, hour("1")),
        ("publish", published.id, PriceBookPublish(TODAY, published.version)),
        ("discard", published.id, published.version),
    ):
        with pytest.raises(PriceBookMoveRefused):
            await prices.call(*move)
    assert await prices.price(TODAY) == 180


async def test_prices_of_the_past_do_not_change(prices: Prices, clock: SettableClock) -> None:
    draft = await prices.draft(hour())
    clock.set(datetime(2026, 11, 16, 16, tzinfo=UTC))  # the 17th in Xiamen
    with pytest.raises(EffectiveDayPast):
        await prices.call("publish", draft.id, PriceBookPublish(TODAY, draft.version))


async def test_an_empty_price_book_is_not_published(prices: Prices) -> None:
    draft = await prices.draft()
    with pytest.raises(PriceBookEmpty):
        await prices.call("publish", draft.id, PriceBookPublish(TODAY, draft.version))


async def test_two_who_publish_at_once_publish_once(prices: Prices) -> None:
    draft = await prices.draft(hour())
    wanted = PriceBookPublish(TODAY, draft.version)
    outcomes = await asyncio.gather(
        *(prices.call("publish", draft.id, wanted) for _ in range(5)), return_exceptions=True
    )
    refused = [each for each in outcomes if isinstance(each, Exception)]
    assert len(refused) == 4
    assert all(isinstance(each, PriceBookMoveRefused | StaleVersion) for each in refused)


async def test_a_code_stands_once_in_a_version(prices: Prices) -> None:
    draft = await prices.draft(hour())
    with pytest.raises(PriceCodeTaken):
        await prices.call("write_line", draft.id, hour("1"))


@pytest.mark.parametrize("price", ["-0.01", "NaN", "Infinity", "0.1234567", "1E+12"])
def test_what_is_no_price_is_refused(price: str) -> None:
    with pytest.raises(Invalid) as refusal:
        hour(price)
    assert set(refusal.value.fields) == {"unit_price"}


async def test_a_tax_rate_that_does_not_exist_is_refused(prices: Prices) -> None:
    with pytest.raises(TaxRateMissing):
        await prices.draft(hour(tax="vat_17"))


async def test_the_rates_of_a_day(prices: Prices) -> None:
    async with prices.units_of_work.begin(prices.partner.system) as work:
        assert await tax_rates_on(work, date(2019, 3, 31)) == {}
        rates = await tax_rates_on(work, TODAY)
    assert (rates["vat_13"], rates["vat_6"], rates["exempt"]) == (Decimal("0.13"), Decimal("0.06"), None)


async def test_what_differs_between_two_versions(prices: Prices) -> None:
    await prices.publish(hour("180"), hour("50", "DT-TRIP"))
    draft = await prices.draft(hour("200"), hour("15", "CABLE"))
    async with prices.units_of_work.begin(prices.partner.owner) as work:
        book = PriceBook(work)
        travel = next(line for line in await book.lines(draft.id) if line.code == "DT-TRIP")
        await book.remove_line(draft.id, travel.id)
        changes = await book.changes(draft.id)
    assert [(each.code, each.kind) for each in changes] == [
        ("CABLE", PriceChangeKind.ADDED),
        ("DT-HOUR", PriceChangeKind.CHANGED),
        ("DT-TRIP", PriceChangeKind.REMOVED),
    ]


async def test_another_companys_version_is_not_there(prices: Prices, network: Network) -> None:
    published = await prices.publish(hour())
    other = Prices(prices.units_of_work, await network.partner())
    for call in (("lines", published.id), ("changes", published.id), ("discard", published.id, 1)):
        with pytest.raises(NotFound):
            await other.call(*call)


async def test_who_does_not_write_prices_reads_them(prices: Prices, partner: PartnerCompany) -> None:
    async with prices.units_of_work.begin(partner.dispatcher) as work:
        assert await PriceBook(work).versions() == []
        with pytest.raises(Forbidden):
            await PriceBook(work).begin()


class TestBounds:
    @pytest.fixture
    async def bounds(self, units_of_work: UnitOfWorkFactory, network: Network, request: pytest.FixtureRequest) -> str:
        """A service product of this test alone, between 100 and 300."""
        code = f"B-{abs(hash(request.node.name)) % 10**9}"
        async with units_of_work.begin(network.administrator) as work:
            await StandardPrices(work).write(code, standard("100", "180", "300"))
        return code

    async def test_a_first_price_book_begins_with_the_suggested_prices(self, prices: Prices, bounds: str) -> None:
        draft = await prices.draft()
        lines = await prices.call("lines", draft.id)
        assert (bounds, 180) in [(line.code, line.unit_price) for line in lines]  # type: ignore[attr-defined]

    @pytest.mark.parametrize("price", ["99.99", "300.01"])
    async def test_a_price_beyond_them_is_refused_with_both(self, prices: Prices, bounds: str, price: str) -> None:
        with pytest.raises(PriceOutOfBounds) as refusal:
            await prices.draft(hour(price, bounds))
        assert refusal.value.parameters == {
            "name": "工程师工时",
            "price": price,
            "floor": "100.00",
            "ceiling": "300.00",
        }

    async def test_they_hold_when_a_version_is_published(self, prices: Prices, bounds: str, network: Network) -> None:
        draft = await prices.draft(hour("100", bounds))
        async with prices.units_of_work.begin(network.administrator) as work:
            await StandardPrices(work).write(bounds, standard("120", "180", "300", version=1))
        with pytest.raises(PriceOutOfBounds):
            await prices.call("publish", draft.id, PriceBookPublish(TODAY, draft.version))

    async def test_what_was_published_before_keeps_its_price(
        self, prices: Prices, bounds: str, network: Network
    ) -> None:
        await prices.publish(hour("100", bounds))
        async with prices.units_of_work.begin(network.administrator) as work:
            await StandardPrices(work).write(bounds, standard("120", "180", "300", version=1))
        assert await prices.price(TODAY, bounds) == 100

    async def test_headquarters_sees_that_somebody_was_quicker(
        self, units_of_work: UnitOfWorkFactory, network: Network, bounds: str
    ) -> None:
        for version in (0, 2):
            with pytest.raises(StaleVersion):
                async with units_of_work.begin(network.administrator) as work:
                    await StandardPrices(work).write(bounds, standard("1", "2", "3", version=version))

    @pytest.mark.parametrize("wrong", [("3", "2", "4"), ("1", "5", "4")])
    async def test_bounds_do_not_cross(
        self, units_of_work: UnitOfWorkFactory, network: Network, wrong: tuple[str, str, str]
    ) -> None:
        async with units_of_work.begin(network.administrator) as work:
            with pytest.raises(BoundsCrossed):
                await StandardPrices(work).write("CROSSED", standard(*wrong))

    async def test_a_partner_does_not_set_them(self, prices: Prices) -> None:
        async with prices.units_of_work.begin(prices.partner.owner) as work:
            with pytest.raises(Forbidden):
                await StandardPrices(work).write("OWN", standard("1", "2", "3"))


class TestPages:
    async def test_from_an_empty_book_to_a_published_price(self, owner: httpx.AsyncClient, prices: Prices) -> None:
        assert "还没有价目表" in (await owner.get("/workspace/price-book")).text
        begun = await owner.post("/workspace/price-book/new")
        version_id = UUID(begun.headers["location"].rpartition("=")[2])
        form = f"/workspace/price-book/{version_id}"
        line = {"code": "CABLE", "name": "网线制作", "unit": "根", "service_category": "network", "tax": "vat_13"}
        refused = await owner.post(f"{form}/prices/new", data={**line, "unit_price": "十五"})
        assert refused.status_code == 422
        assert "网线制作" in refused.text
        added = await owner.post(f"{form}/prices/new", data={**line, "unit_price": "15.5"})
        assert added.status_code == 303, added.text
        assert "15.50" in (await owner.get(added.headers["location"])).text
        published = await owner.post(f"{form}/publish", data={"effective_from": TODAY.isoformat(), "version": "1"})
        assert published.status_code == 303, published.text
        assert "2026-11-16 起生效" in (await owner.get(published.headers["location"])).text
        assert await prices.price(TODAY, "CABLE") == Decimal("15.5")

    @pytest.mark.parametrize("version", ["", "rubbish", "00000000-0000-0000-0000-000000000000"])
    async def test_an_address_of_no_version_is_not_found(self, owner: httpx.AsyncClient, version: str) -> None:
        answer = await owner.get("/workspace/price-book/prices", params={"version": version})
        assert answer.status_code == 404

    async def test_the_sheet_holds_the_versions_prices_alone(self, owner: httpx.AsyncClient, prices: Prices) -> None:
        published = await prices.publish(hour())
        sheet = await owner.get("/workspace/price-book/prices/export", params={"version": str(published.id)})
        assert sheet.headers["content-type"].startswith("application/vnd.openxmlformats")
        everything = await owner.get("/workspace/price-book/prices/export")
        assert len(everything.content) < len(sheet.content)

    async def test_headquarters_sets_a_standard_price(self, headquarters: httpx.AsyncClient) -> None:
        fields = {
            "code": "HQ-1",
            "name": "网络勘查",
            "unit": "次",
            "service_category": "network",
            "suggested": "300",
            "floor": "200",
            "ceiling": "600",
            "tax": "vat_6",
            "version": "0",
        }
        made = await headquarters.post("/hq/standard-prices/new", data=fields)
        assert made.status_code == 303, made.text
        shown = await headquarters.get("/hq/standard-prices")
        assert "HQ-1" in shown.text
        assert "200.00" in shown.text
        changed = {**fields, "suggested": "100", "version": "1"}
        refused = await headquarters.post("/hq/standard-prices/HQ-1", data=changed)
        assert refused.status_code == 422
        assert "建议价要在两者之间" in refused.text

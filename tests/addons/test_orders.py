"""Add-ons from the catalogue to what a client owes."""

import asyncio
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.platform.kernel.errors import Conflict, DomainError, Forbidden, Invalid, NotFound, StaleVersion
from app.platform.kernel.time_source import SettableClock
from billing.addons import (
    AddonCatalogue,
    AddonConfirm,
    AddonDelivery,
    AddonDue,
    AddonEnd,
    AddonOrderReading,
    AddonOrderState,
    AddonOrderVersion,
    AddonRefusal,
    AddonTarget,
    addon_charges_due,
)
from billing.addons.charges import advance_orders
from billing.addons.errors import (
    AddonCodeTaken,
    AddonIncomplete,
    AddonNotAuthorised,
    AddonOrderDayWrong,
    AddonOrderMoveRefused,
    AddonOrderTargetWrong,
    AddonWithdrawn,
)
from billing.addons.schemas import AddonQuickEdit, AddonStateChange, AddonView
from billing.addons.states import AddonState
from billing.periods import Period
from tests.addons.conftest import Shop, one_off, subscribed
from tests.factories.network import Network

TODAY = date(2026, 11, 16)
pytestmark = pytest.mark.usefixtures("monday_morning")


async def due(shop: Shop, until: date) -> list[AddonDue]:
    return await shop.as_(shop.partner.system, lambda work: addon_charges_due(work, until))


class TestCatalogue:
    async def test_a_client_sees_what_is_offered(self, shop: Shop) -> None:
        offered = await shop.offer(one_off())
        gone = await shop.offer(one_off("OLD"))
        change = AddonStateChange(AddonState.WITHDRAWN, gone.version)
        await shop.as_(shop.partner.owner, lambda work: AddonCatalogue(work).change_state(gone.id, change))
        seen = await shop.as_(shop.approver, lambda work: AddonCatalogue(work).offered())
        assert [each.id for each in seen] == [offered.id]
        with pytest.raises(NotFound):
            await shop.as_(shop.approver, lambda work: AddonCatalogue(work).get(gone.id))
        with pytest.raises(AddonWithdrawn):
            await shop.order(shop.approver, gone)

    async def test_nobody_recovers_data_who_is_not_certified(self, shop: Shop, network: Network) -> None:
        recovery = one_off("RECOVER", "800", service_category="data_recovery")
        with pytest.raises(AddonNotAuthorised):
            await shop.offer(recovery)
        await network.authorise(shop.partner, "data_recovery")
        offered = await shop.offer(recovery)
        waiting = await shop.order(shop.approver, offered)
        await network.authorise(shop.partner, "training")
        assert await shop.as_(shop.approver, lambda work: AddonCatalogue(work).offered()) == []
        with pytest.raises(AddonNotAuthorised):
            await shop.order(shop.approver, offered)
        with pytest.raises(AddonNotAuthorised):
            await shop.move(shop.partner.dispatcher, waiting, "confirm", AddonConfirm)

    async def test_a_code_stands_once(self, shop: Shop) -> None:
        await shop.offer(one_off())
        with pytest.raises(AddonCodeTaken):
            await shop.offer(one_off())

    @pytest.mark.parametrize(
        ("wrong", "refusal"),
        [
            (subscribed(cycle=None), AddonIncomplete),
            (subscribed(billed=None), AddonIncomplete),
            (one_off(tax="vat_17"), Invalid),
            (one_off(service_category="magic"), Invalid),
        ],
    )
    async def test_what_is_not_whole_is_refused(self, shop: Shop, wrong: Any, refusal: type[DomainError]) -> None:
        with pytest.raises(refusal):
            await shop.offer(wrong)

    async def test_prices_are_edited_in_a_table_all_or_none(self, shop: Shop) -> None:
        one, two = await shop.offer(one_off("A")), await shop.offer(one_off("B"))

        def lines(price: str, version: int) -> list[AddonQuickEdit]:
            return [
                AddonQuickEdit(one.id, one.name, one.unit, Decimal(price), one.version),
                AddonQuickEdit(two.id, two.name, two.unit, two.unit_price, version),
            ]

        edit = lines("120.5", two.version)
        assert await shop.as_(shop.partner.owner, lambda work: AddonCatalogue(work).quick_edit(edit)) == 1
        with pytest.raises(StaleVersion):
            await shop.as_(shop.partner.owner, lambda work: AddonCatalogue(work).quick_edit(lines("99", 1)))
        prices = {each.code: each.unit_price for each in await shop.as_(shop.partner.owner, _all)}
        assert prices == {"A": Decimal("120.5"), "B": Decimal(150)}

    async def test_who_orders_does_not_write_it(self, shop: Shop) -> None:
        for actor in (shop.approver, shop.partner.dispatcher):
            with pytest.raises(Forbidden):
                await shop.as_(actor, lambda work: AddonCatalogue(work).create(one_off()))


async def _all(work: Any) -> Any:
    return await AddonCatalogue(work).all()


class TestOrders:
    async def test_a_clients_order_waits_and_is_delivered(self, shop: Shop) -> None:
        training = await shop.offer(one_off())
        order = await shop.order(shop.approver, training, "12")
        assert (order.state, order.number, order.price.minor) == (
            AddonOrderState.ORDERED,
            "ZZ-2026-000001",
            1_800_00,
        )
        assert await due(shop, TODAY) == []
        confirmed = await shop.move(shop.partner.dispatcher, order, "confirm", AddonConfirm)
        done = await shop.move(
            shop.partner.dispatcher, confirmed, "deliver", AddonDelivery, delivered_on=TODAY - timedelta(days=1)
        )
        assert done.state is AddonOrderState.DELIVERED
        (amount,) = await due(shop, TODAY)
        told: tuple[object, ...] = (
            amount.rule,
            amount.quantity,
            amount.unit_price,
            amount.amount.minor,
            amount.period,
        )
        assert told == (
            "delivery",
            12,
            150,
            1_800_00,
            None,
        )
        assert await due(shop, TODAY - timedelta(days=2)) == []

    async def test_an_order_keeps_the_price_of_its_day(self, shop: Shop) -> None:
        training = await shop.offer(one_off())
        order = await shop.order(shop.approver, training)
        dearer = one_off(price="999", version=training.version)
        await shop.as_(shop.partner.owner, lambda work: AddonCatalogue(work).change(training.id, dearer))
        read = await shop.as_(shop.approver, lambda work: AddonOrderReading(work).get(order.id))
        assert read.unit_price == 150

    async def test_a_subscription_of_the_company_begins_at_once(self, shop: Shop) -> None:
        watch = await shop.offer(subscribed())
        order = await shop.order(shop.partner.dispatcher, watch, "2")
        assert order.state is AddonOrderState.ACTIVE
        (first,) = await due(shop, TODAY)
        assert (first.period, first.amount.minor, first.rule) == (
            Period(TODAY, date(2026, 12, 1)),
            300_00,
            "period",
        )

    async def test_one_that_begins_later_waits_for_its_day(self, shop: Shop, clock: SettableClock) -> None:
        watch = await shop.offer(subscribed())
        order = await shop.order(shop.partner.dispatcher, watch, start_on=date(2026, 12, 1))
        assert order.state is AddonOrderState.CONFIRMED
        assert await due(shop, date(2027, 1, 1)) == []
        clock.advance(timedelta(days=15))
        amounts = await due(shop, date(2027, 1, 1))
        assert [(each.day, each.amount.minor) for each in amounts] == [(date(2026, 12, 1), 300_00)]

    async def test_it_runs_ends_and_costs_its_days_once(self, shop: Shop, clock: SettableClock) -> None:
        watch = await shop.offer(subscribed())
        order = await shop.order(shop.partner.dispatcher, watch)
        clock.advance(timedelta(days=20))  # 6 December
        await shop.as_(shop.partner.system, advance_orders)
        ending = await shop.move(shop.approver, order, "end", AddonEnd, last_day=date(2026, 12, 10))
        assert ending.state is AddonOrderState.ENDING
        clock.advance(timedelta(days=6))
        for _ in range(3):
            await shop.as_(shop.partner.system, advance_orders)
        amounts = await due(shop, date(2027, 1, 1))
        assert [each.amount.minor for each in amounts] == [150_00, 300_00, -203_23]
        assert [each.rule for each in amounts] == ["period", "period", "rest"]
        ended = await shop.as_(shop.approver, lambda work: AddonOrderReading(work).get(order.id))
        assert (ended.state, ended.moves) == (AddonOrderState.ENDED, [])

    async def test_amounts_are_read_by_pages(self, shop: Shop, clock: SettableClock) -> None:
        watch = await shop.offer(subscribed())
        await shop.order(shop.partner.dispatcher, watch)
        clock.advance(timedelta(days=60))
        everything = await due(shop, date(2027, 2, 1))
        assert len(everything) == 3
        first = await shop.as_(shop.partner.system, lambda work: addon_charges_due(work, date(2027, 2, 1), limit=2))
        rest = await shop.as_(shop.partner.system, lambda work: addon_charges_due(work, date(2027, 2, 1), first[-1].id))
        assert [*first, *rest] == everything

    async def test_it_goes_on_after_all(self, shop: Shop) -> None:
        watch = await shop.offer(subscribed())
        order = await shop.order(shop.partner.dispatcher, watch)
        ending = await shop.move(shop.approver, order, "end", AddonEnd, last_day=TODAY)
        assert sum(each.amount.minor for each in await due(shop, date(2026, 12, 1))) == 10_00
        kept = await shop.move(shop.approver, ending, "keep", AddonOrderVersion)
        assert (kept.state, kept.last_day) == (AddonOrderState.ACTIVE, None)
        assert sum(each.amount.minor for each in await due(shop, date(2026, 12, 1))) == 150_00

    @pytest.mark.parametrize("day", [TODAY - timedelta(days=1), TODAY + timedelta(days=400)])
    async def test_a_client_ends_today_or_later(self, shop: Shop, day: date) -> None:
        order = await shop.order(
            shop.partner.dispatcher, await shop.offer(subscribed()), start_on=TODAY - timedelta(days=9)
        )
        with pytest.raises(AddonOrderDayWrong):
            await shop.move(shop.approver, order, "end", AddonEnd, last_day=day)

    async def test_the_company_ends_in_the_past(self, shop: Shop) -> None:
        start = TODAY - timedelta(days=15)
        order = await shop.order(shop.partner.dispatcher, await shop.offer(subscribed()), start_on=start)
        ended = await shop.move(shop.partner.dispatcher, order, "end", AddonEnd, last_day=start)
        assert ended.state is AddonOrderState.ENDED
        assert sum(each.amount.minor for each in await due(shop, date(2026, 12, 1))) == 10_00

    async def test_declined_withdrawn_and_cancelled_cost_nothing(self, shop: Shop) -> None:
        training = await shop.offer(one_off())
        declined = await shop.order(shop.approver, training)
        answer = await shop.move(shop.partner.dispatcher, declined, "decline", AddonRefusal, reason="讲师在休假")
        assert (answer.state, answer.reason) == (AddonOrderState.DECLINED, "讲师在休假")
        withdrawn = await shop.order(shop.approver, training)
        assert (await shop.move(shop.approver, withdrawn, "withdraw", AddonOrderVersion)).state == "cancelled"
        cancelled = await shop.order(shop.partner.dispatcher, training)
        gone = await shop.move(shop.partner.dispatcher, cancelled, "cancel", AddonRefusal, reason="客户改期")
        assert gone.state is AddonOrderState.CANCELLED
        assert await due(shop, TODAY) == []

    async def test_each_side_makes_its_own_moves(self, shop: Shop) -> None:
        order = await shop.order(shop.approver, await shop.offer(one_off()))
        for actor, move, kind, more in (
            (shop.approver, "confirm", AddonConfirm, {}),
            (shop.approver, "decline", AddonRefusal, {"reason": "不要"}),
            (shop.approver, "deliver", AddonDelivery, {"delivered_on": TODAY}),
            (shop.partner.dispatcher, "withdraw", AddonOrderVersion, {}),
            (shop.partner.dispatcher, "deliver", AddonDelivery, {"delivered_on": TODAY}),
        ):
            with pytest.raises(AddonOrderMoveRefused):
                await shop.move(actor, order, move, kind, **more)

    async def test_of_ten_who_deliver_at_once_one_does(self, shop: Shop) -> None:
        order = await shop.order(shop.partner.dispatcher, await shop.offer(one_off()))
        outcomes = await asyncio.gather(
            *(
                shop.move(shop.partner.dispatcher, order, "deliver", AddonDelivery, delivered_on=TODAY)
                for _ in range(10)
            ),
            return_exceptions=True,
        )
        assert sum(isinstance(each, Conflict) for each in outcomes) == 9
        assert len(await due(shop, TODAY)) == 1

    async def test_ten_orders_at_once_have_ten_numbers_in_a_row(self, shop: Shop) -> None:
        training = await shop.offer(one_off())
        orders = await asyncio.gather(*(shop.order(shop.approver, training) for _ in range(10)))
        assert sorted(each.number for each in orders) == [f"ZZ-2026-{place:06}" for place in range(1, 11)]

    async def test_it_is_for_the_clients_own_site_or_device(self, shop: Shop, network: Network) -> None:
        other = await network.client(shop.partner)
        device_id, _ = await network.device(shop.client)
        care = await shop.offer(subscribed("CARE", target=AddonTarget.DEVICE))
        visit = await shop.offer(one_off("VISIT", target=AddonTarget.SITE))
        assert (await shop.order(shop.approver, care, device_id=device_id)).device_id == device_id
        assert (await shop.order(shop.approver, visit, site_id=shop.client.site_id)).site_name == "总部大楼"
        wrong: tuple[tuple[AddonView, dict[str, Any]], ...] = (
            (care, {}),
            (care, {"site_id": shop.client.site_id}),
            (visit, {"site_id": other.site_id}),
            (visit, {"site_id": shop.client.site_id, "device_id": device_id}),
        )
        for addon, more in wrong:
            for actor in (shop.approver, shop.partner.dispatcher):
                with pytest.raises(AddonOrderTargetWrong):
                    await shop.order(actor, addon, **more)

    async def test_another_clients_order_is_not_there(self, shop: Shop, network: Network) -> None:
        training = await shop.offer(one_off())
        order = await shop.order(shop.approver, training)
        other = await network.client(shop.partner)
        stranger = other.contact
        with pytest.raises(NotFound):
            await shop.as_(stranger, lambda work: AddonOrderReading(work).get(order.id))
        with pytest.raises(NotFound):
            await shop.move(stranger, order, "withdraw", AddonOrderVersion)
        with pytest.raises(NotFound):
            await shop.order(stranger, training)  # for the client of the order above

    @pytest.mark.parametrize("quantity", ["0", "-1", "NaN", "1.0001", "1000000"])
    async def test_what_is_no_quantity_is_refused(self, shop: Shop, quantity: str) -> None:
        training = await shop.offer(one_off())
        with pytest.raises(Invalid) as refusal:
            await shop.order(shop.approver, training, quantity)
        assert set(refusal.value.fields) == {"quantity"}

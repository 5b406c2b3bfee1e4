"""Terms are kept as they were signed, and what is wrong with them is named."""

from decimal import Decimal
from uuid import UUID

import msgspec
import pytest

from billing.terms import (
    DeviceTier,
    Scope,
    Terms,
    TimePrices,
    problems_of,
    terms_digest,
)
from tests.billing.agreed import GRADUATED, HOURLY, HOURS_AHEAD, retainer, terms_of


class TestDocument:
    def test_terms_are_read_back_as_they_were_signed(self) -> None:
        signed = terms_of(retainer(), HOURLY, HOURS_AHEAD, GRADUATED)
        kept = msgspec.json.decode(msgspec.json.encode(signed), type=Terms)
        assert kept == signed
        assert terms_digest(kept) == terms_digest(signed)

    def test_the_digest_tells_a_changed_price_and_not_a_changed_order_of_devices(self) -> None:
        ids = [UUID(int=number) for number in range(40)]

        def digest(order: list[UUID], amount: str = "3100") -> str:
            return terms_digest(terms_of(retainer(amount, Scope(device_ids=frozenset(order)))))

        assert digest(ids) == digest(ids[::-1])
        assert digest(ids) != digest(ids, "3100.01")

    def test_good_terms_have_no_problems(self) -> None:
        assert problems_of(terms_of(retainer(), HOURLY, HOURS_AHEAD, GRADUATED), {"vat_6"}) == []

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"currency": "RMB"}, "currency"),
            ({"time_zone": "Asia/Xiamen"}, "time_zone"),
            ({"lines": ()}, "lines"),
            ({"payment_days": -1}, "payment_days"),
            ({"lines": (retainer(), retainer())}, "lines.care"),
            ({"lines": (msgspec.structs.replace(retainer(), tax="vat_17"),)}, "lines.care.tax"),
            ({"lines": (retainer("-1"),)}, "lines.care.amount"),
            ({"lines": (retainer("0.1234567"),)}, "lines.care.amount"),
            ({"lines": (retainer(prices=TimePrices(step_minutes=10)),)}, "lines.care.prices.step_minutes"),
            ({"lines": (retainer(prices=TimePrices(travel=Decimal(-5))),)}, "lines.care.prices.travel"),
            ({"lines": (msgspec.structs.replace(HOURS_AHEAD, quantity=0),)}, "lines.ahead.quantity"),
        ],
    )
    def test_what_is_wrong_is_named(self, change: dict[str, object], field: str) -> None:
        wrong = msgspec.structs.replace(terms_of(retainer()), **change)
        assert [problem.field for problem in problems_of(wrong, {"vat_6"})] == [field]

    @pytest.mark.parametrize(
        "ends",
        [
            [(1, 10), (12, None)],
            [(1, 10), (10, None)],
            [(2, None)],
            [(1, 10)],
            [(1, None), (11, None)],
            [(1, 0), (1, None)],
            [],
        ],
    )
    def test_a_table_of_tiers_has_no_hole(self, ends: list[tuple[int, int | None]]) -> None:
        tiers = tuple(DeviceTier(first=first, last=last, price=Decimal(1)) for first, last in ends)
        line = msgspec.structs.replace(GRADUATED, tiers=tiers)
        assert [problem.field for problem in problems_of(terms_of(line), {"vat_6"})] == ["lines.pcs.tiers"]

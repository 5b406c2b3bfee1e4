"""What a client's contracts say of a matter."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from app.platform.kernel.texts import translator
from billing.contracts import CoverageAnswer, CoverageQuestion, coverage_answer, reason_text
from billing.terms import CoverageReason, CoverageState, HourlyRate, PrepaidBlock, PrepaidUnit, Scope, TimePrices
from tests.contracts.contracts import Contracts, care, terms_of
from tests.factories.network import Network

MONDAY_NOON = datetime(2026, 11, 16, 4, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("monday_morning")
HOURS = HourlyRate(key="hours", name="按小时", tax="vat_6", prices=TimePrices(hour=Decimal(180)))


async def asked(contracts: Contracts, at: datetime = MONDAY_NOON, **about: object) -> CoverageAnswer:
    async with contracts.units_of_work.begin(contracts.partner.system) as work:
        question = CoverageQuestion(client_id=contracts.client.id, at=at, **{"service_category": "hardware"} | about)  # type: ignore[arg-type]
        return await coverage_answer(work, question)


async def test_without_a_contract_nothing_is_covered(contracts: Contracts) -> None:
    answer = await asked(contracts)
    assert (answer.state, answer.reason) == (CoverageState.NOT_COVERED, CoverageReason.NO_CONTRACT)
    assert reason_text(answer, translator("zh-CN")) == "客户在这一天没有生效的合同：按价目表报价。"


async def test_the_best_of_several_contracts_answers(contracts: Contracts) -> None:
    await contracts.active(terms_of(HOURS))
    await contracts.active(terms_of(care()))
    answer = await asked(contracts)
    assert (answer.state, answer.reason, answer.contract_number) == (
        CoverageState.COVERED,
        CoverageReason.INCLUDED,
        "HT-2026-000002",
    )


async def test_what_is_left_out_is_said_in_words(contracts: Contracts) -> None:
    scope = Scope(excluded_product_categories=frozenset({"peripheral"}))
    await contracts.active(terms_of(HourlyRate(key="h", name="按小时", tax="vat_6", scope=scope, prices=HOURS.prices)))
    answer = await asked(contracts, product_category="peripheral")
    assert reason_text(answer, translator("zh-CN")) == "电脑附属设备不在合同 HT-2026-000001 的范围内：按价目表报价。"


async def test_the_day_is_the_contract_s(contracts: Contracts) -> None:
    await contracts.active(terms_of(care()))
    last_second = datetime(2027, 10, 31, 15, 59, 59, tzinfo=UTC)
    assert (await asked(contracts, last_second)).reason == CoverageReason.INCLUDED
    assert (await asked(contracts, datetime(2027, 10, 31, 16, tzinfo=UTC))).reason == CoverageReason.NO_CONTRACT


async def test_a_device_that_is_not_listed(network: Network, contracts: Contracts) -> None:
    listed, _ = await network.device(contracts.client)
    other, _ = await network.device(contracts.client)
    await contracts.active(terms_of(care("3100", listed)))
    assert (await asked(contracts, device_id=listed)).reason == CoverageReason.INCLUDED
    assert (await asked(contracts, device_id=other)).reason == CoverageReason.DEVICE_NOT_LISTED


async def test_prepaid_hours_cover_as_long_as_some_are_left(contracts: Contracts) -> None:
    ahead = PrepaidBlock(
        key="ahead",
        name="预付工时",
        tax="vat_6",
        unit=PrepaidUnit.MINUTE,
        quantity=60,
        price=Decimal(200),
        months_valid=2,
    )
    await contracts.active(terms_of(ahead, first_day=date(2026, 11, 16)))
    assert (await asked(contracts)).reason == CoverageReason.PREPAID
    lapsed = datetime(2027, 1, 16, 4, tzinfo=UTC)
    assert (await asked(contracts, lapsed)).reason == CoverageReason.PREPAID_USED_UP

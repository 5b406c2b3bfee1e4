"""Running contracts come in from Excel, with what was paid ahead."""

from datetime import date

import pytest
from sqlalchemy import select

from app.platform.kernel.outbox import OutboxEvent
from app.platform.kernel.runtime import Runtime
from billing.contracts.models import Contract, PrepaidBlockRow
from billing.contracts.states import ContractState
from tests.conftest import ClientFor
from tests.contracts.contracts import Contracts
from tests.factories.imports import ListUploads, codes

pytestmark = pytest.mark.usefixtures("monday_morning")
HEADINGS = "合同编号,合同名称,客户,合同类型,起始日期,终止日期,合同金额,周期,已收费到,数量,剩余,有效期至,税率\n"


@pytest.fixture
def lists(contracts: Contracts, runtime: Runtime, http: ClientFor) -> ListUploads:
    return ListUploads(runtime, http, contracts.partner, "contracts")


async def test_a_running_contract_goes_on_from_where_it_was_billed(contracts: Contracts, lists: ListUploads) -> None:
    row = f"A-77,桌面运维,{contracts.client.name},包月,2026-01-01,2026-12-31,￥3000,月,2026-11-30,,,,6%\n"
    uploaded = await lists.upload(HEADINGS + row)
    assert (uploaded["counts"]["new"], codes(uploaded)) == (1, [])
    await lists.post(uploaded, "confirm")
    await lists.run(uploaded)
    (contract,) = await lists.rows(Contract)
    assert (contract.state, contract.former_number, contract.from_day, contract.until_day) == (
        ContractState.ACTIVE,
        "A-77",
        date(2026, 12, 1),
        date(2027, 1, 1),
    )


async def test_hours_that_are_left_come_along_and_are_not_charged(contracts: Contracts, lists: ListUploads) -> None:
    row = f"A-78,预付,{contracts.client.name},预付工时,2026-06-01,2027-05-31,6000,,,40,12.5,2027-06-01,6%\n"
    await lists.import_list(HEADINGS + row)
    (block,) = await lists.rows(PrepaidBlockRow)
    assert (block.quantity, block.left, block.expires_on) == (2400, 750, date(2027, 6, 1))
    async with contracts.units_of_work.begin(contracts.partner.system) as work:
        bought = await work.session.scalars(select(OutboxEvent.id).where(OutboxEvent.topic == "prepaid_block.bought"))
        assert list(bought) == []


async def test_twice_is_once(contracts: Contracts, lists: ListUploads) -> None:
    row = f"A-79,按次,{contracts.client.name},按次,2026-06-01,2027-05-31,120,,,,,,6%\n"
    await lists.import_list(HEADINGS + row)
    again = await lists.upload(HEADINGS + row)
    assert (again["counts"]["new"], again["counts"]["unchanged"]) == (0, 1)


async def test_what_is_wrong_is_said_before_anything_is_written(contracts: Contracts, lists: ListUploads) -> None:
    name = contracts.client.name
    rows = (
        f"B-1,已到期,{name},包月,2025-01-01,2025-12-31,3000,,,,,,6%\n"
        f"B-2,税率,{name},包月,2026-01-01,2027-12-31,3000,,,,,,17%\n"
        "B-3,客户,没有这家公司,包月,2026-01-01,2027-12-31,3000,,,,,,6%\n"
    )
    uploaded = await lists.upload(HEADINGS + rows)
    assert uploaded["counts"]["refused"] == 3
    assert {code for _, code in codes(uploaded)} == {"contract_over", "contract_wrong", "client_unknown"}

"""Terms that cannot be: a clear answer, and the draft stays as it was written."""

from datetime import date
from typing import Any

import msgspec
import pytest

from app.platform.kernel.unit_of_work import UnitOfWorkFactory
from billing.contracts import ContractEnd
from billing.contracts.errors import ContractTermsWrong
from billing.terms import DeviceTier, PerDevice
from tests.conftest import ClientFor
from tests.contracts.contracts import Contracts, care, terms_of
from tests.factories.network import Network

pytestmark = pytest.mark.usefixtures("monday_morning")


async def refused(contracts: Contracts, draft: Any) -> dict[str, str]:
    """What is said at which field when it is offered; the draft is as it was before."""
    before = await contracts.call("versions", draft.id)
    with pytest.raises(ContractTermsWrong) as told:
        await contracts.call("offer", draft.id, draft.version)
    assert await contracts.call("get", draft.id) == draft
    assert await contracts.call("versions", draft.id) == before
    return dict(told.value.fields)


async def test_two_contracts_for_one_device(network: Network, contracts: Contracts) -> None:
    device, _ = await network.device(contracts.client, "PC-1")
    running = await contracts.active(terms_of(care("3100", device)))
    second = await contracts.draft(terms_of(care("90", device)))
    assert await refused(contracts, second) == {
        "lines.care.devices": "1 台设备同时在别的合同里：PC-1（HT-2026-000001）。"
    }
    assert (await contracts.call("get", running.id)).state == "active"
    last = date(2026, 12, 31)
    await contracts.call("end", running.id, ContractEnd(last, "换合同", running.version))
    following = msgspec.structs.replace(terms_of(care("90", device), first_day=date(2027, 1, 1)))
    assert (await contracts.active(following)).state == "active", "after the first one's end it may"


async def test_a_table_of_tiers_with_a_hole(contracts: Contracts) -> None:
    tiers = (DeviceTier(first=1, last=10, price=60), DeviceTier(first=12, last=None, price=50))  # type: ignore[arg-type]
    line = msgspec.convert(
        {"type": "per_device", "key": "pcs", "name": "按台", "tax": "vat_6"}
        | {"tiers": [{"first": each.first, "last": each.last, "price": str(each.price)} for each in tiers]},
        PerDevice,
    )
    said = await refused(contracts, await contracts.draft(terms_of(line)))
    assert said == {"lines.pcs.tiers": "阶梯要从第 1 台开始，首尾相接，最后一档不封顶。"}


async def test_an_end_before_the_start_through_the_api(contracts: Contracts, http: ClientFor) -> None:
    draft = await contracts.draft()
    owner = await http(contracts.partner.owner)
    terms = msgspec.to_builtins(terms_of())
    terms["term"] = {"start": "2026-11-01", "end": "2026-10-01"}
    answer = await owner.put(
        f"/api/v1/contracts/{draft.id}/terms", json={"title": "年度运维", "terms": terms, "version": draft.version}
    )
    assert (answer.status_code, "结束日期要晚于开始日期。" in answer.text) == (422, True), answer.text
    assert await contracts.call("get", draft.id) == draft


async def test_a_tax_rate_that_does_not_exist_on_the_day(contracts: Contracts) -> None:
    wrong = msgspec.structs.replace(care(), tax="vat_17")
    assert await refused(contracts, await contracts.draft(terms_of(wrong))) == {
        "lines.care.tax": "合同开始那天没有这个税率。"
    }


async def test_a_client_is_not_billed_in_two_currencies(contracts: Contracts, units_of_work: UnitOfWorkFactory) -> None:
    await contracts.active()
    said = await refused(contracts, await contracts.draft(terms_of(currency="USD")))
    assert said == {"currency": "价目表或这家客户的其他合同用 CNY，不能混用币种。"}

"""A contract from its draft to its end."""

from datetime import date
from decimal import Decimal

import msgspec
import pytest

from app.platform.kernel.errors import StaleVersion
from billing.contracts import ContractAmend, ContractEnd, ContractSuspend, ContractTermsWrite
from billing.contracts.errors import (
    ContractDayOutside,
    ContractMoveRefused,
    ContractTermsWrong,
    ContractVersionMoveRefused,
    ContractVersionOpen,
)
from billing.contracts.schemas import ContractReturn
from billing.contracts.states import ContractState, VersionState
from tests.contracts.contracts import Contracts, care, terms_of
from tests.factories.network import Network

TODAY = date(2026, 11, 16)
FIRST, LAST, AFTER = date(2026, 11, 1), date(2027, 10, 31), date(2027, 11, 1)
pytestmark = pytest.mark.usefixtures("monday_morning")


class TestAgreeing:
    async def test_a_contract_is_drafted_offered_accepted_and_holds(self, contracts: Contracts) -> None:
        draft = await contracts.draft()
        assert (draft.state, draft.number) == (ContractState.DRAFT, None)
        active = await contracts.agree(draft)
        assert (active.state, active.number) == (ContractState.ACTIVE, "HT-2026-000001")
        (held,) = await contracts.in_force(TODAY)
        assert held.contract_number == "HT-2026-000001"
        assert held.terms.lines == (care(),)

    async def test_drafts_and_offers_hold_on_no_day(self, contracts: Contracts) -> None:
        await contracts.draft()
        await contracts.accepted()
        assert await contracts.in_force(TODAY) == []

    async def test_it_holds_from_its_first_to_its_last_day(self, contracts: Contracts) -> None:
        active = await contracts.active()
        days = [date(2026, 10, 31), FIRST, LAST, AFTER]
        assert list((await contracts.amounts(active.id, *days)).values()) == ["", "3100", "3100", ""]

    async def test_what_was_offered_is_never_changed(self, contracts: Contracts) -> None:
        offered = await contracts.offered()
        cheaper = ContractTermsWrite(offered.title, terms_of(care("1")), offered.version)
        with pytest.raises(ContractVersionMoveRefused):
            await contracts.call("save_terms", offered.id, cheaper)

    async def test_what_the_client_declined_becomes_a_new_draft(self, contracts: Contracts) -> None:
        offered = await contracts.offered()
        back = ContractReturn("太贵", declined=True, version=offered.version)
        returned = await contracts.call("take_back", offered.id, back)
        assert returned.state == ContractState.DRAFT
        versions = await contracts.call("versions", offered.id)
        assert [version.state for version in versions] == [VersionState.DRAFT, VersionState.DECLINED]
        agreed = await contracts.agree(returned)
        assert agreed.number == "HT-2026-000001"

    async def test_a_draft_is_written_by_whoever_read_it_last(self, contracts: Contracts) -> None:
        draft = await contracts.draft()
        dearer = ContractTermsWrite(draft.title, terms_of(care("3300")), draft.version)
        await contracts.call("save_terms", draft.id, dearer)
        with pytest.raises(StaleVersion):
            await contracts.call("save_terms", draft.id, dearer)

    async def test_what_is_wrong_is_named_before_the_client_sees_it(self, contracts: Contracts) -> None:
        wrong = msgspec.structs.replace(care("0"), tax="vat_17")
        draft = await contracts.draft(terms_of(wrong, currency="USD"))
        assert {problem.field for problem in await contracts.call("problems", draft.id, draft.current_version_id)} == {
            "lines.care.tax",
            "lines.care.amount",
        }
        with pytest.raises(ContractTermsWrong) as refused:
            await contracts.call("offer", draft.id, draft.version)
        assert refused.value.fields["lines.care.tax"] == "合同开始那天没有这个税率。"


class TestDevices:
    async def test_a_device_stands_in_one_running_contract(self, network: Network, contracts: Contracts) -> None:
        device, _ = await network.device(contracts.client, "PC-1")
        await contracts.active(terms_of(care("3100", device)))
        second = await contracts.draft(terms_of(care("90", device)))
        with pytest.raises(ContractTermsWrong) as refused:
            await contracts.call("offer", second.id, second.version)
        said = "1 台设备同时在别的合同里：PC-1（HT-2026-000001）。"
        assert refused.value.fields == {"lines.care.devices": said}

    async def test_it_may_stand_in_the_next_one(self, network: Network, contracts: Contracts) -> None:
        device, _ = await network.device(contracts.client, "PC-1")
        await contracts.active(terms_of(care("3100", device)))
        following = await contracts.active(terms_of(care("90", device), first_day=AFTER))
        assert following.state == ContractState.ACTIVE

    async def test_of_two_that_were_accepted_one_is_activated(self, network: Network, contracts: Contracts) -> None:
        device, _ = await network.device(contracts.client, "PC-1")
        one, other = [await contracts.accepted(terms_of(care("90", device))) for _ in range(2)]
        await contracts.activate(one)
        with pytest.raises(ContractTermsWrong):
            await contracts.activate(other)


class TestAmending:
    async def test_an_amendment_holds_from_its_day_on(self, contracts: Contracts) -> None:
        active = await contracts.active()
        amendment = await contracts.call("amend", active.id, ContractAmend(date(2027, 1, 1), "加人", active.version))
        saved = ContractTermsWrite(active.title, terms_of(care("3500")), amendment.version)
        await contracts.agree(await contracts.call("save_terms", active.id, saved))
        days = [FIRST, date(2026, 12, 31), date(2027, 1, 1), LAST]
        assert list((await contracts.amounts(active.id, *days)).values()) == ["3100", "3100", "3500", "3500"]

    async def test_one_amendment_at_a_time(self, contracts: Contracts) -> None:
        active = await contracts.active()
        amended = await contracts.call("amend", active.id, ContractAmend(TODAY, "加人", active.version))
        with pytest.raises(ContractVersionOpen):
            await contracts.call("amend", active.id, ContractAmend(TODAY, "减人", amended.version))

    async def test_it_begins_within_the_term(self, contracts: Contracts) -> None:
        active = await contracts.active()
        with pytest.raises(ContractDayOutside):
            await contracts.call("amend", active.id, ContractAmend(AFTER, "加人", active.version))

    async def test_a_later_amendment_for_an_earlier_day_takes_the_place_of_both(self, contracts: Contracts) -> None:
        contract = await contracts.active()
        for day, amount in ((date(2027, 6, 1), "4000"), (date(2027, 3, 1), "3600")):
            contract = await contracts.call("amend", contract.id, ContractAmend(day, "调价", contract.version))
            saved = ContractTermsWrite(contract.title, terms_of(care(amount)), contract.version)
            contract = await contracts.agree(await contracts.call("save_terms", contract.id, saved))
        days = [date(2027, 2, 28), date(2027, 3, 1), date(2027, 6, 1)]
        assert list((await contracts.amounts(contract.id, *days)).values()) == ["3100", "3600", "3600"]

    async def test_a_renewal_is_the_next_term_with_raised_prices(self, contracts: Contracts) -> None:
        active = await contracts.active(terms_of(care(), indexation=Decimal("0.03")))
        renewed = await contracts.agree(await contracts.call("renew", active.id, active.version))
        assert (renewed.from_day, renewed.until_day) == (FIRST, date(2028, 11, 1))
        assert list((await contracts.amounts(active.id, LAST, AFTER)).values()) == ["3100", "3193.00"]


class TestEnding:
    async def test_the_end_is_brought_forward(self, contracts: Contracts) -> None:
        active = await contracts.active()
        last = date(2026, 12, 31)
        ending = await contracts.call("end", active.id, ContractEnd(last, "客户搬迁", active.version))
        assert (ending.state, ending.last_day) == (ContractState.ACTIVE, last)
        held = await contracts.on(active.id, last)
        assert held is not None
        assert held.terms.term.end == date(2027, 1, 1)
        assert await contracts.on(active.id, date(2027, 1, 1)) is None

    async def test_a_day_that_is_over_ends_it_at_once_and_its_work_is_still_rated(self, contracts: Contracts) -> None:
        active = await contracts.active()
        ended = await contracts.call("end", active.id, ContractEnd(date(2026, 11, 10), "客户搬迁", active.version))
        assert ended.state == ContractState.ENDED
        assert len(await contracts.in_force(date(2026, 11, 10))) == 1
        assert await contracts.in_force(date(2026, 11, 11)) == []

    async def test_an_end_before_the_start_is_refused(self, contracts: Contracts) -> None:
        active = await contracts.active()
        with pytest.raises(ContractDayOutside):
            await contracts.call("end", active.id, ContractEnd(date(2026, 10, 31), "客户搬迁", active.version))

    async def test_while_it_rests_it_covers_nothing(self, contracts: Contracts) -> None:
        active = await contracts.active()
        resting = await contracts.call("suspend", active.id, ContractSuspend("装修", active.version))
        assert await contracts.in_force(TODAY) == []
        assert len(await contracts.in_force(date(2026, 11, 15))) == 1
        await contracts.call("resume", active.id, resting.version)
        assert len(await contracts.in_force(TODAY)) == 1

    async def test_what_is_over_stays_over(self, contracts: Contracts) -> None:
        active = await contracts.active()
        ended = await contracts.call("end", active.id, ContractEnd(FIRST, "客户搬迁", active.version))
        with pytest.raises(ContractMoveRefused):
            await contracts.call("suspend", ended.id, ContractSuspend("装修", ended.version))

    async def test_an_amendment_leaves_an_end_that_was_brought_forward(self, contracts: Contracts) -> None:
        active = await contracts.active()
        last = date(2027, 3, 31)
        ending = await contracts.call("end", active.id, ContractEnd(last, "客户搬迁", active.version))
        amended = await contracts.call("amend", active.id, ContractAmend(date(2027, 1, 1), "调价", ending.version))
        saved = ContractTermsWrite(active.title, terms_of(care("3500")), amended.version)
        running = await contracts.agree(await contracts.call("save_terms", active.id, saved))
        assert running.last_day == last
        days = [date(2026, 12, 31), last, date(2027, 4, 1)]
        assert list((await contracts.amounts(active.id, *days)).values()) == ["3100", "3500", ""]

    async def test_what_would_begin_after_an_earlier_end_does_not(self, contracts: Contracts) -> None:
        active = await contracts.active()
        amended = await contracts.call("amend", active.id, ContractAmend(date(2027, 6, 1), "调价", active.version))
        offered = await contracts.call("offer", active.id, amended.version)
        accepted = await contracts.accept(offered)
        last = date(2027, 3, 31)
        ending = await contracts.call("end", active.id, ContractEnd(last, "客户搬迁", accepted.version))
        with pytest.raises(ContractDayOutside):
            await contracts.activate(ending)
        assert (await contracts.call("get", active.id)).last_day == last

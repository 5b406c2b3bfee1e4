"""Whether a ticket is covered: asked after the report, kept with its reason, said otherwise by a person (T3)."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest

from app.agreements.sla import Impact, Urgency
from app.desk.hot_line import Call, HotLineService
from app.desk.tickets import Channel, TicketCreate, TicketCreation, Triage, TriageService
from app.platform.kernel.actor import Actor
from app.platform.kernel.errors import Forbidden, NotFound, StaleVersion
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWorkFactory
from billing.contracts import CoverageQuestion
from billing.coverage import CoverageOverride, CoverageService, TicketCoverageView
from billing.terms import CoverageState, OutsideWork, PrepaidBlock, PrepaidUnit
from tests.conftest import ClientFor
from tests.factories.background import run_due_work
from tests.factories.contracts import FIRST, ContractMaker, care, year_of
from tests.factories.network import ClientCompany, Network, PartnerCompany

pytestmark = pytest.mark.usefixtures("monday_morning")


@pytest.fixture
def contracts(units_of_work: UnitOfWorkFactory, partner: PartnerCompany) -> ContractMaker:
    return ContractMaker(units_of_work, partner.owner)


class Desk:
    """Reports to a partner, and what became of their coverage."""

    def __init__(self, runtime: Runtime, partner: PartnerCompany) -> None:
        self.runtime, self.units_of_work, self.partner = runtime, runtime.units_of_work, partner

    async def report(self, actor: Actor, **fault: Any) -> UUID:
        """A report by an employee, the client or the staff; every consumer has had its turn."""
        async with self.units_of_work.begin(actor) as work:
            made = await TicketCreation(work).create(
                TicketCreate(**{"subject": "打印机不出纸", **fault}), Channel.EMPLOYEE
            )
        await run_due_work(self.runtime)
        return made.id

    async def triage(self, ticket_id: UUID, service: str, product: str) -> None:
        async with self.units_of_work.begin(self.partner.dispatcher) as work:
            await TriageService(work).triage(ticket_id, Triage(service, product, Impact.LOW, Urgency.LOW))
        await run_due_work(self.runtime)

    async def coverage(self, ticket_id: UUID, actor: Actor | None = None) -> TicketCoverageView:
        async with self.units_of_work.begin(actor or self.partner.dispatcher) as work:
            found = await CoverageService(work).of_ticket(ticket_id)
        assert found is not None
        return found

    async def override(self, ticket_id: UUID, state: CoverageState, why: str, actor: Actor | None = None) -> None:
        present = await self.coverage(ticket_id)
        async with self.units_of_work.begin(actor or self.partner.dispatcher) as work:
            await CoverageService(work).override(ticket_id, CoverageOverride(state, why, present.revision))


@pytest.fixture
def desk(runtime: Runtime, partner: PartnerCompany) -> Desk:
    return Desk(runtime, partner)


async def test_an_employees_report_is_covered_by_the_contract_of_its_device(
    desk: Desk, network: Network, client: ClientCompany, contracts: ContractMaker
) -> None:
    device_id, reporter = await network.device(client)
    contract = await contracts.running(client.id, year_of(care(device_ids=frozenset({device_id}))))
    ticket_id = await desk.report(reporter, device_id=device_id, symptom="power")
    found = await desk.coverage(ticket_id)
    assert found.state is CoverageState.COVERED
    assert found.why is not None
    assert (found.why.reason, found.why.line_key, found.why.contract_id) == ("included", "care", contract.id)
    assert found.why.contract_version_id == contract.current_version_id
    assert found.why.asked.proposed, "nobody has classified it yet: categories from symptom and device"
    assert found.contract_number == contract.number


async def test_what_is_excluded_says_so_in_words_and_goes_by_the_price_list(
    desk: Desk, client: ClientCompany, contracts: ContractMaker
) -> None:
    contract = await contracts.running(client.id, year_of(care(excluded_product_categories=frozenset({"peripheral"}))))
    ticket_id = await desk.report(
        client.contact, service_category="hardware", product_category="peripheral", client_id=client.id
    )
    found = await desk.coverage(ticket_id)
    assert found.state is CoverageState.NEEDS_QUOTE
    assert found.why is not None
    assert found.why.text == f"电脑附属设备不在合同 {contract.number} 的范围内：按价目表报价。"


async def test_a_client_without_a_contract_is_not_covered(desk: Desk, client: ClientCompany) -> None:
    ticket_id = await desk.report(client.contact, client_id=client.id)
    found = await desk.coverage(ticket_id)
    assert (found.state, found.contract_number) == (CoverageState.NOT_COVERED, "")
    assert found.why is not None
    assert found.why.reason == "no_contract"


async def test_the_client_reads_what_it_means_and_no_reason(
    desk: Desk, client: ClientCompany, contracts: ContractMaker, network: Network
) -> None:
    await contracts.running(client.id, year_of(care(service_categories=frozenset({"network"}))))
    ticket_id = await desk.report(client.contact, client_id=client.id, service_category="hardware")
    found = await desk.coverage(ticket_id, client.contact)
    assert (found.text, found.why) == ("不在合同范围内：先报价，您同意后再做", None)
    other = await network.client(desk.partner, "厦门第九中学")
    async with desk.units_of_work.begin(other.contact) as work:
        with pytest.raises(NotFound):
            await CoverageService(work).of_ticket(ticket_id)


async def test_another_category_is_asked_about_anew(
    desk: Desk, client: ClientCompany, contracts: ContractMaker
) -> None:
    await contracts.running(client.id, year_of(care(service_categories=frozenset({"hardware"}))))
    ticket_id = await desk.report(client.contact, client_id=client.id, service_category="hardware")
    assert (await desk.coverage(ticket_id)).state is CoverageState.COVERED
    await desk.triage(ticket_id, "network", "network")
    changed = await desk.coverage(ticket_id)
    assert (changed.state, changed.revision) == (CoverageState.NEEDS_QUOTE, 2)
    await desk.triage(ticket_id, "network", "network")
    assert (await desk.coverage(ticket_id)).revision == 2, "the same question is not answered twice"


async def test_work_that_the_contract_refuses_is_not_covered(
    desk: Desk, client: ClientCompany, contracts: ContractMaker
) -> None:
    terms = year_of(care(service_categories=frozenset({"network"})), outside=OutsideWork.REFUSED)
    await contracts.running(client.id, terms)
    ticket_id = await desk.report(client.contact, client_id=client.id, service_category="hardware")
    found = await desk.coverage(ticket_id)
    assert (found.state, found.text) == (CoverageState.NOT_COVERED, "不在合同范围内")


async def test_prepaid_hours_cover_while_there_are_some(
    desk: Desk, client: ClientCompany, contracts: ContractMaker
) -> None:
    line = PrepaidBlock(
        key="hours",
        name="预付工时",
        tax="vat_6",
        unit=PrepaidUnit.MINUTE,
        quantity=600,
        price=Decimal(1500),
        months_valid=12,
    )
    await contracts.running(client.id, year_of(line))
    ticket_id = await desk.report(client.contact, client_id=client.id)
    found = await desk.coverage(ticket_id, client.contact)
    assert (found.state, found.text) == (CoverageState.COVERED, "从预付的服务里扣，不另收费")


async def test_a_contract_that_begins_later_answers_for_open_work_of_its_days_only(
    desk: Desk, runtime: Runtime, client: ClientCompany, contracts: ContractMaker
) -> None:
    ticket_id = await desk.report(client.contact, client_id=client.id)
    await contracts.running(client.id, year_of(care(), first=date(2027, 1, 1)), "明年的合同")
    await run_due_work(runtime)
    assert (await desk.coverage(ticket_id)).revision == 1, "it does not hold on the day of the report"
    await contracts.running(client.id, year_of(care(), first=FIRST))
    await run_due_work(runtime)
    assert (await desk.coverage(ticket_id)).state is CoverageState.COVERED


async def test_a_person_may_say_otherwise_with_a_reason_that_the_client_does_not_see(
    desk: Desk, client: ClientCompany, contracts: ContractMaker, runtime: Runtime
) -> None:
    ticket_id = await desk.report(client.contact, client_id=client.id)
    await desk.override(ticket_id, CoverageState.COVERED, "上次没修好，免费返修")
    found = await desk.coverage(ticket_id)
    assert found.why is not None
    assert (found.state, found.why.explanation, found.why.decided_by_name) == (
        CoverageState.COVERED,
        "上次没修好，免费返修",
        "林小燕",
    )
    assert (await desk.coverage(ticket_id, client.contact)).text == "在合同范围内，不另收费"
    await contracts.running(client.id, year_of(care(service_categories=frozenset({"network"}))))
    await run_due_work(runtime)
    assert (await desk.coverage(ticket_id)).state is CoverageState.COVERED, "a contract undoes no person's word"
    await desk.triage(ticket_id, "software", "platform")
    assert (await desk.coverage(ticket_id)).state is CoverageState.NEEDS_QUOTE, "it was about another matter"


async def test_asking_again_takes_a_persons_word_back(desk: Desk, client: ClientCompany) -> None:
    ticket_id = await desk.report(client.contact, client_id=client.id)
    await desk.override(ticket_id, CoverageState.COVERED, "老客户，优惠一次")
    async with desk.units_of_work.begin(desk.partner.dispatcher) as work:
        again = await CoverageService(work).ask_again(ticket_id)
    assert (again.state, again.revision) == (CoverageState.NOT_COVERED, 3)
    async with desk.units_of_work.begin(desk.partner.dispatcher) as work:
        history = await CoverageService(work).history(ticket_id)
    assert [each.reason for each in history] == ["no_contract", "override", "no_contract"]


async def test_of_two_who_say_otherwise_the_second_is_told(desk: Desk, client: ClientCompany) -> None:
    ticket_id = await desk.report(client.contact, client_id=client.id)
    await desk.override(ticket_id, CoverageState.COVERED, "优惠一次")
    async with desk.units_of_work.begin(desk.partner.owner) as work:
        with pytest.raises(StaleVersion):
            await CoverageService(work).override(ticket_id, CoverageOverride(CoverageState.NEEDS_QUOTE, "要报价", 1))


async def test_only_staff_who_may_say_otherwise(desk: Desk, client: ClientCompany, network: Network) -> None:
    ticket_id = await desk.report(client.contact, client_id=client.id)
    engineer = await network.engineer(desk.partner)
    for actor in (client.contact, engineer):
        with pytest.raises(Forbidden):
            await desk.override(ticket_id, CoverageState.COVERED, "我说了算", actor)


async def test_the_hot_line_sees_the_answer_before_saving(
    desk: Desk, client: ClientCompany, contracts: ContractMaker, network: Network
) -> None:
    device_id, _ = await network.device(client)
    await contracts.running(client.id, year_of(care(device_ids=frozenset({device_id}))))
    question = CoverageQuestion(client_id=client.id, service_category="hardware", at=desk.runtime.clock.now())
    async with desk.units_of_work.begin(desk.partner.dispatcher) as work:
        listed = await CoverageService(work).preview(msgspec.structs.replace(question, device_id=device_id))
        without = await CoverageService(work).preview(question)
    assert (listed.state, without.state) == (CoverageState.COVERED, CoverageState.NEEDS_QUOTE)
    stranger = await network.partner("广州岭南信息服务有限公司")
    async with desk.units_of_work.begin(stranger.dispatcher) as work:
        with pytest.raises(NotFound):
            await CoverageService(work).preview(question)


async def test_answering_twice_at_once_makes_one_answer(desk: Desk, client: ClientCompany, runtime: Runtime) -> None:
    async with desk.units_of_work.begin(desk.partner.dispatcher) as work:
        made = await HotLineService(work).log(
            Call(TicketCreate(subject="上不了网", client_id=client.id, service_category="network"))
        )
    await run_due_work(runtime)
    assert (await desk.coverage(made.id)).revision == 1, "report and triage ask the same"


@pytest.fixture
async def dispatcher(http: ClientFor, partner: PartnerCompany) -> httpx.AsyncClient:
    return await http(partner.dispatcher)


async def test_pages_and_api_show_it(
    desk: Desk,
    client: ClientCompany,
    contracts: ContractMaker,
    network: Network,
    dispatcher: httpx.AsyncClient,
    http: ClientFor,
) -> None:
    device_id, reporter = await network.device(client)
    contract = await contracts.running(client.id, year_of(care(device_ids=frozenset({device_id}))))
    ticket_id = await desk.report(reporter, device_id=device_id)
    why = f"合同 {contract.number} 的“桌面运维服务”已包含。"
    assert why in (await dispatcher.get(f"/workspace/tickets/{ticket_id}")).text
    tab = await dispatcher.get(f"/workspace/tickets/{ticket_id}/coverage")
    assert (tab.status_code, why in tab.text, "改判" in tab.text) == (200, True, True)
    portal = await (await http(client.contact)).get(f"/portal/tickets/{ticket_id}")
    assert "在合同范围内，不另收费" in portal.text
    assert why not in portal.text
    answered = (await dispatcher.get(f"/api/v1/tickets/{ticket_id}/coverage")).json()
    assert (answered["state"], answered["why"]["line_key"]) == ("covered", "care")
    wanted = {"state": "needs_quote", "explanation": "人为损坏", "revision": 1}
    put = await dispatcher.put(f"/api/v1/tickets/{ticket_id}/coverage/override", json=wanted)
    assert (put.status_code, put.json()["state"]) == (200, "needs_quote")
    assert (await (await http(reporter)).get(f"/api/v1/tickets/{ticket_id}/coverage")).status_code == 404
    page = await dispatcher.get(f"/workspace/hot-line?device={device_id}")
    assert why in page.text
    chosen = {"client": str(client.id), "device": str(device_id), "service_category": "hardware"}
    assert why in (await dispatcher.get("/workspace/hot-line/coverage", params=chosen)).text

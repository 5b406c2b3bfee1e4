"""Agreeing on a contract: its paper, the client's yes or no in the portal or by a link, what is frozen of it (B2)."""

import asyncio
import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import asyncpg
import httpx
import msgspec
import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import ProgrammingError

from app.people.approvals.errors import ApprovalMoveRefused, RecordChanged
from app.platform.http.security import CSRF_COOKIE
from app.platform.kernel.actor import Actor
from app.platform.kernel.errors import Forbidden, NotFound
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from app.platform.notifications.models import Delivery
from billing.contracts import (
    ClientContracts,
    ContractAgreement,
    ContractView,
    OfferAnswer,
    answer_offer,
)
from billing.contracts.agreement.errors import DeclineReasonMissing, OfferChanged, OfferClosed
from billing.contracts.agreement.models import AgreedContract, OfferedContract
from billing.contracts.agreement.schemas import ClientContractView, OfferLinkCreate
from billing.contracts.models import ContractVersion, PrepaidBlockRow
from billing.contracts.schemas import ContractReturn
from billing.contracts.states import ContractState, VersionState
from billing.terms import PrepaidBlock, PrepaidUnit
from tests.conftest import ClientFor
from tests.factories.background import run_due_work
from tests.factories.contracts import ContractMaker, care, year_of
from tests.factories.network import ClientCompany, Network, PartnerCompany

pytestmark = pytest.mark.usefixtures("monday_morning")
PUBLIC_URL = "http://127.0.0.1:8000"


class Table:
    """A partner and a client at one table: an offer, and the answers to it."""

    def __init__(self, runtime: Runtime, partner: PartnerCompany, client: ClientCompany, approver: Actor) -> None:
        self.runtime, self.units_of_work = runtime, runtime.units_of_work
        self.partner, self.client, self.approver = partner, client, approver
        self.contracts = ContractMaker(runtime.units_of_work, partner.owner)

    async def offered(self, **terms: Any) -> ContractView:
        draft = await self.contracts.draft(self.client.id, year_of(care(), **terms))
        return await self.contracts.offer(draft)

    async def seen(self, contract: ContractView, actor: Actor | None = None) -> ClientContractView:
        async with self.units_of_work.begin(actor or self.approver) as work:
            return await ClientContracts(work).get(contract.id)

    async def answer(
        self, contract: ContractView, *, accept: bool = True, reason: str = "", shown: str = "", by: Actor | None = None
    ) -> ClientContractView:
        paper = shown
        if not paper:
            offer = (await self.seen(contract)).offer
            paper = offer.content_hash if offer else "0" * 64
        async with self.units_of_work.begin(by or self.approver) as work:
            return await answer_offer(work, contract.id, OfferAnswer(paper, accept, reason))

    async def link(self, contract: ContractView, email: str = "boss@example.com") -> str:
        """The path in the letter to a person of the client's without an account."""
        async with self.units_of_work.begin(self.partner.owner) as work:
            wanted = OfferLinkCreate("王总", email)
            await ContractAgreement(work).send_link(contract.id, wanted, public_url=PUBLIC_URL)
        async with self.units_of_work.begin(self.partner.system) as work:
            newest = select(Delivery.text).where(Delivery.address == email).order_by(Delivery.id.desc()).limit(1)
            text = (await work.session.scalars(newest)).one()
        found = re.search(rf"{PUBLIC_URL}(/approvals/\S+)", text)
        assert found
        return found[1]

    async def version(self, contract: ContractView) -> ContractVersion:
        """The newest."""
        async with self.units_of_work.begin(self.partner.system) as work:
            found = await work.session.scalars(
                select(ContractVersion)
                .where(ContractVersion.contract_id == contract.id)
                .order_by(ContractVersion.number.desc())
            )
            return found.first() or pytest.fail("there is no version")


@pytest.fixture
async def table(runtime: Runtime, network: Network, partner: PartnerCompany, client: ClientCompany) -> Table:
    approver = await network.member(partner.id, "王总", ["client_approver"], client.id)
    return Table(runtime, partner, client, approver)


async def press(browser: httpx.AsyncClient, path: str, verdict: str = "approve", reason: str = "") -> httpx.Response:
    """Open the page behind a link and press a button, as a person does."""
    page = await browser.get(path)
    token = re.search(r'name="_csrf_token" value="(\w+)"', page.text)
    return await browser.post(
        path, data={"_csrf_token": token[1] if token else "", "verdict": verdict, "reason": reason}
    )


async def test_the_approver_reads_the_offer_in_words_and_accepts_exactly_that_paper(table: Table) -> None:
    contract = await table.offered()
    assert contract.number is not None
    before = await table.seen(contract)
    assert before.offer is not None
    assert before.offered is not None
    assert [each.name for each in before.offered.services] == ["桌面运维服务"]
    assert ("每月", "¥3,000.00") in [(row.name, row.words) for row in before.offered.services[0].prices]
    after = await table.answer(contract)
    assert (after.offer, after.standing.state) == (None, ContractState.ACCEPTED)
    assert (await table.version(contract)).accepted_by == "王总"
    running = await table.contracts.activate(await table.contracts.present(contract))
    agreed = await table.seen(running)
    assert agreed.standing.state is ContractState.ACTIVE
    assert [(paper.accepted_by, paper.how) for paper in agreed.papers] == [("王总", "在客户门户确认")]


async def test_what_was_agreed_is_frozen_with_the_hash_of_the_accepted_paper(table: Table) -> None:
    contract = await table.offered()
    offer = (await table.seen(contract)).offer
    assert offer is not None
    await table.answer(contract)
    await table.contracts.activate(await table.contracts.present(contract))
    async with table.units_of_work.begin(table.partner.system) as work:
        agreed = (await work.session.scalars(select(AgreedContract))).one()
    version = await table.version(contract)
    assert (agreed.version_id, agreed.digest) == (version.id, version.digest)
    assert agreed.content["acceptance"]["offer_hash"] == offer.content_hash
    for paper in (AgreedContract, OfferedContract):
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with table.units_of_work.begin(table.partner.system) as work:
                await work.session.execute(update(paper).values(number="HT-0"))


async def test_a_no_says_why_and_begins_a_new_draft(table: Table) -> None:
    contract = await table.offered()
    with pytest.raises(DeclineReasonMissing):
        await table.answer(contract, accept=False)
    assert (await table.seen(contract)).offer is not None, "nothing was decided"
    after = await table.answer(contract, accept=False, reason="价格太高")
    assert (after.offer, after.standing.state) == (None, ContractState.DRAFT)
    version = await table.version(contract)
    assert (version.number, version.state) == (2, VersionState.DRAFT)


async def test_only_the_clients_approver_answers(table: Table, network: Network) -> None:
    contract = await table.offered()
    offer = (await table.seen(contract)).offer
    assert offer is not None
    shown = offer.content_hash
    for refused in (table.client.contact, table.partner.owner):
        with pytest.raises(Forbidden):
            await table.answer(contract, shown=shown, by=refused)
    with pytest.raises(Forbidden):
        await table.answer(contract, shown=shown, by=replace(table.approver, by_token=True))
    other = await network.client(table.partner, "厦门第九中学")
    stranger = await network.member(table.partner.id, "校长", ["client_approver"], other.id)
    with pytest.raises(NotFound):
        await table.answer(contract, shown=shown, by=stranger)
    assert (await table.seen(contract, table.client.contact)).offer is not None, "the administrator may read it"


async def test_another_paper_than_the_one_shown_is_not_accepted(table: Table) -> None:
    contract = await table.offered()
    with pytest.raises(OfferChanged):
        await table.answer(contract, shown="f" * 64)


async def test_of_two_answers_at_once_one_counts(table: Table, network: Network) -> None:
    contract = await table.offered()
    second = await network.member(table.partner.id, "李总", ["client_approver"], table.client.id)
    offer = (await table.seen(contract)).offer
    assert offer is not None
    answers = await asyncio.gather(
        table.answer(contract, shown=offer.content_hash),
        table.answer(contract, shown=offer.content_hash, accept=False, reason="再谈谈", by=second),
        return_exceptions=True,
    )
    refused = [each for each in answers if isinstance(each, Exception)]
    assert len(refused) == 1
    assert isinstance(refused[0], (OfferClosed, ApprovalMoveRefused, RecordChanged))


async def test_terms_that_changed_behind_the_offer_cannot_be_accepted(
    table: Table, http: ClientFor, superuser: asyncpg.Connection
) -> None:
    contract = await table.offered()
    path = await table.link(contract)
    version = await table.version(contract)
    await superuser.execute(
        "UPDATE contract_version SET terms = jsonb_set(terms, '{payment_days}', '5') WHERE id = $1", version.id
    )
    with pytest.raises(RecordChanged):
        await table.answer(contract)
    refused = await press(await http(None), path)
    assert refused.status_code == 409
    assert (await table.contracts.present(contract)).state is ContractState.OFFERED


async def test_a_link_lets_a_person_without_an_account_read_the_pdf_and_accept_once(
    table: Table, http: ClientFor
) -> None:
    contract = await table.offered()
    path = await table.link(contract)
    browser = await http(None)
    shown = await browser.get(path)
    offer = (await table.seen(contract)).offer
    assert offer is not None
    assert all(words in shown.text for words in (contract.number or "", "桌面运维合同", offer.content_hash))
    pdf = await browser.get(f"{path}/document")
    assert (pdf.status_code, pdf.content[:5]) == (200, b"%PDF-")
    done = await press(browser, path)
    assert (done.status_code, "已同意" in done.text) == (200, True)
    assert set(browser.cookies) == {CSRF_COOKIE}, "no session"
    assert (await table.contracts.present(contract)).state is ContractState.ACCEPTED
    again = await press(browser, path, "decline", "反悔了")
    assert again.status_code in (403, 404)
    assert (await browser.get(f"{path}/document")).status_code == 404
    await table.contracts.activate(await table.contracts.present(contract))
    assert [(paper.accepted_by, paper.how) for paper in (await table.seen(contract)).papers] == [
        ("王总", "经邮件链接确认")
    ]


async def test_a_no_by_link_says_why_too(table: Table, http: ClientFor) -> None:
    contract = await table.offered()
    path = await table.link(contract)
    browser = await http(None)
    silent = await press(browser, path, "decline")
    assert (silent.status_code, "请说明不接受的原因" in silent.text) == (422, True)
    assert (await press(browser, path, "decline", "范围太小")).status_code == 200
    assert (await table.contracts.present(contract)).state is ContractState.DRAFT


async def test_a_link_opens_no_other_company_and_no_other_paper(
    table: Table, http: ClientFor, network: Network
) -> None:
    contract = await table.offered()
    path = await table.link(contract)
    stranger = await network.partner("广州岭南信息服务有限公司")
    browser = await http(None)
    _, _, tenant, token = path.split("/")
    for forged in (
        path.replace(tenant, str(stranger.id)),
        f"/approvals/{tenant}/{contract.id}",
        f"/approvals/{tenant}/{token[:-1]}",
    ):
        answer = await press(browser, forged)
        assert answer.status_code in (403, 404), forged
        assert (await browser.get(f"{forged}/document")).status_code == 404
    assert (await table.contracts.present(contract)).state is ContractState.OFFERED


@pytest.mark.parametrize("end", ["taken back", "accepted on paper", "out of time"])
async def test_a_link_ends_with_its_offer(table: Table, http: ClientFor, clock: SettableClock, end: str) -> None:
    contract = await table.offered()
    path = await table.link(contract)
    present = await table.contracts.present(contract)
    if end == "taken back":
        async with table.units_of_work.begin(table.partner.owner) as work:
            await ContractAgreement(work).take_back(contract.id, ContractReturn(reason="改价", version=present.version))
    elif end == "accepted on paper":
        await table.contracts.accept(present, "李总")
    else:
        clock.set(clock.now() + timedelta(days=31))
    assert (await press(await http(None), path)).status_code in (403, 404)
    with pytest.raises(OfferClosed):
        await table.answer(contract, shown="a" * 64)


async def test_an_offer_that_nobody_answers_goes_back_to_a_draft(
    table: Table, runtime: Runtime, clock: SettableClock
) -> None:
    contract = await table.offered()
    clock.set(clock.now() + timedelta(days=31))
    await run_due_work(runtime)
    assert (await table.contracts.present(contract)).state is ContractState.DRAFT
    assert (await table.seen(contract)).standing.state is ContractState.DRAFT


async def test_the_papers_pdf_is_drawn_once_and_kept(table: Table, runtime: Runtime, http: ClientFor) -> None:
    contract = await table.offered()
    offer = (await table.seen(contract)).offer
    assert offer is not None
    approver = await http(table.approver)
    drawn = await approver.get(f"/contract-papers/{offer.id}")
    await run_due_work(runtime)
    kept = await approver.get(f"/contract-papers/{offer.id}")
    assert drawn.status_code == kept.status_code == 200
    assert drawn.content == kept.content, "equal content gives equal bytes"
    assert (await (await http(table.partner.owner)).get(f"/contract-papers/{offer.id}")).content == kept.content


async def test_an_amendment_goes_the_same_way_and_keeps_the_number(table: Table) -> None:
    contract = await table.contracts.running(table.client.id, year_of(care()))
    dearer = year_of(replace_amount(Decimal(3500)))
    amended = await table.contracts.amend(contract, date(2027, 1, 1), "新增服务器", dearer)
    offered = await table.contracts.offer(amended)
    assert (offered.number, offered.state) == (contract.number, ContractState.ACTIVE)
    seen = await table.seen(offered)
    assert seen.offer is not None
    assert (seen.offer.version_number, seen.offer.edition) == (2, 2)
    assert seen.agreed is not None, "the first version holds on"
    await table.answer(offered)
    running = await table.contracts.activate(await table.contracts.present(offered))
    papers = (await table.seen(running)).papers
    assert [(paper.version_number, paper.edition, paper.how) for paper in papers] == [
        (2, 2, "在客户门户确认"),
        (1, 1, "书面签署"),
    ]


def replace_amount(amount: Decimal) -> Any:
    return msgspec.structs.replace(care(), amount=amount)


async def test_the_portal_lists_what_waits_first_and_warns_of_a_low_balance(
    table: Table, http: ClientFor, superuser: asyncpg.Connection
) -> None:
    line = PrepaidBlock(
        key="hours",
        name="预付工时",
        tax="vat_6",
        unit=PrepaidUnit.MINUTE,
        quantity=1_200,
        price=Decimal(3000),
        months_valid=12,
    )
    prepaid = await table.contracts.running(table.client.id, year_of(line), "预付合同")
    offered = await table.offered()
    approver = await http(table.approver)
    listed = await approver.get("/portal/contracts")
    assert listed.text.index("桌面运维合同") < listed.text.index("预付合同")
    page = await approver.get(f"/portal/contracts/{prepaid.id}")
    assert "还剩 20 小时，共 20 小时" in page.text
    assert "快用完了" not in page.text
    async with table.units_of_work.begin(table.partner.system) as work:
        await work.session.execute(update(PrepaidBlockRow).values(left=240))
    low = await approver.get(f"/portal/contracts/{prepaid.id}")
    assert "“预付工时”只剩 4 小时，请联系服务商续购。" in low.text
    form = await approver.get(f"/portal/contracts/{offered.id}")
    shown = re.search(r'name="content_hash" value="(\w+)"', form.text)
    assert shown
    answered = await approver.post(
        f"/portal/contracts/{offered.id}/answer",
        data={"content_hash": shown[1], "verdict": "accept"},
    )
    assert (answered.status_code, answered.headers.get("location")) == (303, f"/portal/contracts/{offered.id}")
    administrator = await http(table.client.contact)
    assert "由贵公司的审批人确认" not in (await administrator.get(f"/portal/contracts/{offered.id}")).text


async def test_english_readers_get_english_words(table: Table) -> None:
    contract = await table.offered()
    seen = await table.seen(contract, replace(table.approver, language="en"))
    assert seen.offered is not None
    assert ("Monthly", "¥3,000.00") in [(row.name, row.words) for row in seen.offered.services[0].prices]

"""A client's approver accepts what a project reports, or says what is missing; a yes is charged once (B2, B6)."""

import asyncio
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from app.people.approvals.errors import ApprovalMoveRefused
from app.people.approvals.models import Approval
from app.platform.kernel.errors import DomainError, Forbidden
from app.platform.kernel.runtime import Runtime
from app.platform.notifications.models import Notification
from billing.contracts import ClientContracts, ContractView, MilestoneAnswer, Milestones, answer_milestone
from billing.contracts.agreement.errors import MilestoneReasonMissing, MilestoneReportChanged
from billing.contracts.agreement.schemas import MilestoneStanding
from billing.contracts.errors import MilestoneMoveRefused
from billing.contracts.schemas import MilestoneAcceptance, MilestoneReport, MilestoneView
from billing.rating.models import Charge
from billing.terms import Milestone
from tests.conftest import ClientFor
from tests.factories.background import run_due_work
from tests.factories.contracts import ContractMaker, year_of
from tests.factories.network import Network

pytestmark = pytest.mark.usefixtures("monday_morning")
WIRING = Milestone(key="m1", name="布线完成", tax="vat_9", amount=Decimal(50000))


class Project:
    """A contract with one milestone, the company that works on it, and the client's approver."""

    def __init__(self, runtime: Runtime, network: Network, partner: Any, client: Any, approver: Any) -> None:
        self.runtime, self.network = runtime, network
        self.partner, self.client, self.approver = partner, client, approver
        self.contract: ContractView

    async def milestone(self) -> MilestoneView:
        async with self.runtime.units_of_work.begin(self.partner.owner) as work:
            (found,) = await Milestones(work).of(self.contract.id)
            return found

    async def report(self, words: str = "三层全部布完") -> MilestoneStanding:
        found = await self.milestone()
        async with self.runtime.units_of_work.begin(self.partner.owner) as work:
            await Milestones(work).report(found.id, MilestoneReport(words, found.version))
        return await self.seen()

    async def seen(self) -> MilestoneStanding:
        async with self.runtime.units_of_work.begin(self.approver) as work:
            (found,) = (await ClientContracts(work).get(self.contract.id)).milestones
            return found

    async def answer(self, shown: MilestoneStanding, *, accept: bool = True, reason: str = "", by: Any = None) -> None:
        async with self.runtime.units_of_work.begin(by or self.approver) as work:
            await answer_milestone(work, shown.id, MilestoneAnswer(shown.report_hash, accept, reason))

    async def charges(self) -> Sequence[int]:
        await run_due_work(self.runtime)
        async with self.runtime.units_of_work.begin(self.partner.system) as work:
            return (await work.session.scalars(select(Charge.amount))).all()


@pytest.fixture
async def project(runtime: Runtime, network: Network) -> Project:
    partner = await network.partner()
    client = await network.client(partner)
    approver = await network.member(partner.id, "钱总", ["client_approver"], client.id)
    scene = Project(runtime, network, partner, client, approver)
    scene.contract = await ContractMaker(runtime.units_of_work, partner.owner).running(client.id, year_of(WIRING))
    return scene


async def test_what_is_reported_is_accepted_in_the_portal_and_charged_once(project: Project) -> None:
    shown = await project.report()
    assert (shown.state, shown.report, len(shown.report_hash)) == ("reported", "三层全部布完", 64)
    await project.answer(shown)
    found = await project.milestone()
    assert (found.state, found.accepted_by, found.accepted_how) == ("accepted", "钱总", "client")
    assert found.report_hash == shown.report_hash
    assert found.accepted_at is not None
    assert await project.charges() == [5_000_000]
    assert await project.charges() == [5_000_000]


async def test_the_approver_is_told_in_the_bell_and_the_company_of_the_answer(project: Project) -> None:
    shown = await project.report()
    await run_due_work(project.runtime)
    await project.answer(shown, accept=False, reason="二层还差四个口")
    await run_due_work(project.runtime)
    async with project.runtime.units_of_work.begin(project.partner.system) as work:
        told = await work.session.execute(select(Notification.membership_id, Notification.text))
        texts = {row[0]: row[1] for row in told}
    assert "布线完成" in texts[project.approver.membership_id]
    assert "二层还差四个口" in texts[project.partner.owner.membership_id]


async def test_a_no_says_what_is_missing_and_the_work_goes_on(project: Project) -> None:
    shown = await project.report()
    with pytest.raises(MilestoneReasonMissing):
        await project.answer(shown, accept=False)
    await project.answer(shown, accept=False, reason="二层还差四个口")
    found = await project.milestone()
    assert (found.state, found.decline_reason, found.declined_by) == ("open", "二层还差四个口", "钱总")
    assert await project.charges() == []
    again = await project.report("四个口已补")
    assert again.decline_reason == ""
    assert again.report_hash != shown.report_hash
    await project.answer(again)
    assert await project.charges() == [5_000_000]


async def test_only_what_was_shown_is_accepted(project: Project) -> None:
    shown = await project.report()
    found = await project.milestone()
    async with project.runtime.units_of_work.begin(project.partner.owner) as work:
        await Milestones(work).reopen(found.id, found.version)
    with pytest.raises(MilestoneMoveRefused):
        await project.answer(shown)
    await project.report("其实只布了两层")
    with pytest.raises(MilestoneReportChanged):
        await project.answer(shown)


async def test_of_two_answers_one_counts(project: Project) -> None:
    shown = await project.report()
    second = await project.network.member(project.partner.id, "孙总", ["client_approver"], project.client.id)
    answers = await asyncio.gather(
        project.answer(shown), project.answer(shown, accept=False, reason="不行", by=second), return_exceptions=True
    )
    refused = [each for each in answers if each is not None]
    assert len(refused) == 1
    assert isinstance(refused[0], DomainError)
    assert len(await project.charges()) == (1 if answers[0] is None else 0)


async def test_what_was_accepted_on_paper_waits_for_nobody(project: Project) -> None:
    shown = await project.report()
    found = await project.milestone()
    async with project.runtime.units_of_work.begin(project.partner.owner) as work:
        on_paper = MilestoneAcceptance("钱总", project.contract.from_day, found.version)
        done = await Milestones(work).accept(found.id, on_paper)
        waiting = await work.session.scalars(select(Approval.state).where(Approval.subject_id == found.id))
        assert (done.accepted_how, list(waiting)) == ("paper", ["withdrawn"])
    with pytest.raises((MilestoneMoveRefused, ApprovalMoveRefused)):
        await project.answer(shown)


async def test_only_the_client_s_approver_accepts(project: Project, http: ClientFor) -> None:
    shown = await project.report()
    contact = await project.network.member(project.partner.id, "李工", ["client_contact"], project.client.id)
    with pytest.raises(Forbidden):
        await project.answer(shown, by=contact)
    other = await project.network.client(project.partner, "厦门第九中学")
    stranger = await http(await project.network.member(project.partner.id, "外人", ["client_approver"], other.id))
    answer = {"content_hash": shown.report_hash, "accept": True}
    assert (await stranger.post(_address(shown.id), json=answer)).status_code == 404
    approver = await http(project.approver)
    done = await approver.post(_address(shown.id), json=answer)
    assert done.status_code == 200, done.text
    assert done.json()["milestones"][0]["state"] == "accepted"


async def test_the_same_on_pages(project: Project, http: ClientFor) -> None:
    shown = await project.report()
    browser: httpx.AsyncClient = await http(project.approver)
    page = f"/portal/contracts/{project.contract.id}"
    text = (await browser.get(page)).text
    assert "请验收：布线完成" in text
    assert shown.report_hash in text
    form = {"content_hash": shown.report_hash, "verdict": "decline"}
    refused = await browser.post(f"{page}/milestones/{shown.id}/answer", data=form)
    assert "请说明还差什么" in refused.text
    form = {"content_hash": shown.report_hash, "verdict": "accept"}
    done = await browser.post(f"{page}/milestones/{shown.id}/answer", data=form)
    assert done.headers["location"] == page
    assert "钱总 验收" in (await browser.get(page)).text
    staff = await http(project.partner.owner)
    assert shown.report_hash in (await staff.get(f"/workspace/contracts/{project.contract.id}")).text


def _address(milestone_id: UUID) -> str:
    return f"/api/v1/agreed-contracts/milestones/{milestone_id}/answer"

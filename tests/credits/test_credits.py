"""A missed promise proposes a credit; it is given once, declined with a reason, or withdrawn."""

import asyncio
import dataclasses
from collections.abc import Sequence
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import select

from app.desk.tickets.models import Visit
from app.people.approvals.errors import ApprovalMoveRefused
from app.platform.kernel.actor import Actor
from billing.credits.errors import OwnTicket, ServiceCreditMoveRefused
from billing.credits.models import ServiceCreditNotice
from billing.credits.schemas import CreditApproval, CreditRefusal
from billing.credits.service import ServiceCredits
from billing.credits.states import CreditState
from billing.rating import unbilled_charges
from tests.conftest import ClientFor
from tests.credits.conftest import MISSED, Credits
from tests.factories.network import Network

pytestmark = pytest.mark.usefixtures("monday_morning")


async def approve(scene: Credits, credit_id: UUID, actor: Actor | None = None, reason: str = "") -> None:
    async with scene.units_of_work.begin(actor or scene.partner.owner) as work:
        service = ServiceCredits(work)
        await service.approve(credit_id, CreditApproval(version=(await service.get(credit_id)).version, reason=reason))


async def refuse(scene: Credits, credit_id: UUID, move: str, reason: str = "停电，双方商定不计") -> None:
    async with scene.units_of_work.begin(scene.partner.owner) as work:
        service = ServiceCredits(work)
        wanted = CreditRefusal(version=(await service.get(credit_id)).version, reason=reason)
        await (service.decline if move == "decline" else service.withdraw)(credit_id, wanted)


async def test_each_missed_promise_proposes_the_agreed_share_up_to_the_periods_limit(scene: Credits) -> None:
    first = await scene.missed("response", "resolution")
    second = await scene.missed("arrival")
    third = await scene.missed("resolution")
    assert await scene.propose(first, second, third) == 3
    assert [each.amount for each in await scene.all()] == [180_00, 180_00, 72_00]
    assert await scene.charged() == 0


async def test_what_no_contract_covers_proposes_nothing(scene: Credits) -> None:
    assert await scene.propose(await scene.missed("response", covered=False)) == 0


async def test_in_the_first_morning_of_a_contract_it_holds_already(scene: Credits) -> None:
    before_six = datetime(2026, 10, 31, 21, tzinfo=UTC)
    assert await scene.propose(await scene.missed("response", at=before_six)) == 1


async def test_told_again_or_opened_again_a_promise_proposes_no_second_credit(scene: Credits) -> None:
    ticket_id = await scene.missed("response")
    assert await scene.propose(ticket_id) == 1
    (credit,) = await scene.all()
    await approve(scene, credit.id)
    assert await scene.propose(ticket_id) == 0
    async with scene.units_of_work.begin(scene.partner.system) as work:
        charges = await unbilled_charges(work, scene.work.client.id, date(2026, 12, 1))
    assert [(each.amount, each.category, each.contract_id) for each in charges] == [
        (-180_00, "credit", scene.contract_id)
    ]


async def test_of_fifty_who_approve_at_once_one_does(scene: Credits) -> None:
    await scene.propose(await scene.missed("response"))
    (credit,) = await scene.all()

    async def attempt() -> bool:
        try:
            async with scene.units_of_work.begin(scene.partner.owner) as work:
                await ServiceCredits(work).approve(credit.id, CreditApproval(version=1))
        except ServiceCreditMoveRefused:
            return False
        return True

    assert sum(await asyncio.gather(*(attempt() for _ in range(50)))) == 1
    assert await scene.charged() == -180_00


async def test_the_client_reads_why_nothing_is_given_back(scene: Credits, http: ClientFor, network: Network) -> None:
    await scene.propose(await scene.missed("response"))
    (credit,) = await scene.all()
    await refuse(scene, credit.id, "decline")
    async with scene.units_of_work.begin(scene.partner.system) as work:
        (notice,) = (await work.session.scalars(select(ServiceCreditNotice))).all()
    assert (notice.id, notice.state, notice.reason) == (credit.id, "declined", "停电，双方商定不计")
    finance = await http(await network.member(scene.partner.id, "陈会计", ["client_finance"], scene.work.client.id))
    shown = (await finance.get("/portal/credits")).text
    assert "停电，双方商定不计" in shown
    assert credit.ticket_number in shown
    (told,) = (await finance.get("/api/v1/service-credit-notices")).json()["items"]
    assert told["reason"] == "停电，双方商定不计"
    assert (await finance.get("/api/v1/service-credits")).json()["items"] == []
    assert await scene.charged() == 0


async def test_an_excluded_breach_takes_back_what_was_approved(scene: Credits) -> None:
    await scene.propose(await scene.missed("response"))
    (credit,) = await scene.all()
    await approve(scene, credit.id)
    await refuse(scene, credit.id, "withdraw")
    assert await scene.charged() == 0
    async with scene.units_of_work.begin(scene.partner.system) as work:
        assert not await unbilled_charges(work, scene.work.client.id, date(2026, 12, 1))
    (withdrawn,) = await scene.all()
    assert withdrawn.state == CreditState.WITHDRAWN


async def _sent(scene: Credits, ticket_id: UUID, actor: Actor) -> None:
    visit_id = await scene.work.visit(ticket_id, MISSED)
    async with scene.units_of_work.begin(scene.partner.system) as work:
        (await work.session.get_one(Visit, (work.tenant_id, visit_id))).engineer_id = actor.membership_id


async def test_whoever_was_sent_leaves_it_to_somebody_else(scene: Credits, network: Network) -> None:
    engineer = await network.engineer(scene.partner)
    actor = dataclasses.replace(scene.partner.owner, membership_id=engineer.membership_id)
    ticket_id = await scene.missed("response")
    await _sent(scene, ticket_id, engineer)
    await scene.propose(ticket_id)
    (credit,) = await scene.all()
    with pytest.raises(OwnTicket):
        await approve(scene, credit.id, actor)
    await approve(scene, credit.id)
    assert await scene.charged() == -180_00


@pytest.mark.parametrize(
    "order",
    [
        ("propose", "withdraw", "propose", "approve"),
        ("propose", "approve", "propose", "withdraw", "propose", "approve"),
        ("approve", "propose", "decline", "propose", "approve", "withdraw"),
        ("propose", "propose", "approve", "approve", "propose"),
    ],
)
async def test_any_order_leaves_one_credit_at_most(scene: Credits, order: Sequence[str]) -> None:
    ticket_id = await scene.missed("response")
    for step in order:
        found = await scene.all()
        try:
            if step == "propose":
                await scene.propose(ticket_id)
            elif found and step == "approve":
                await approve(scene, found[0].id)
            elif found:
                await refuse(scene, found[0].id, step)
        except (ServiceCreditMoveRefused, ApprovalMoveRefused):
            continue
    (credit,) = await scene.all()
    assert await scene.charged() == (-180_00 if credit.state == CreditState.APPROVED else 0)


async def test_pages_and_api_tell_the_same(scene: Credits, http: ClientFor) -> None:
    await scene.propose(await scene.missed("response"))
    (credit,) = await scene.all()
    owner = await http(scene.partner.owner)
    assert credit.ticket_number in (await owner.get("/workspace/credits")).text
    shown = (await owner.get(f"/workspace/credits/{credit.id}")).text
    assert "每次退还当期服务费 ¥3,600.00 的 5%" in shown
    answer = await owner.post(f"/workspace/credits/{credit.id}/approve", data={"version": "1", "reason": ""})
    assert answer.status_code == 303, answer.text
    told = (await owner.get(f"/api/v1/service-credits/{credit.id}")).json()
    assert (told["state"], told["amount"], told["decided_by_name"]) == (
        "approved",
        180_00,
        scene.partner.owner.display_name,
    )
    (listed,) = (await owner.get("/api/v1/service-credits", params={"state": "approved"})).json()["items"]
    assert listed["id"] == str(credit.id)

"""Work that needs a quote is finished as billable once the client approves, and always as goodwill."""

import httpx
import pytest
from sqlalchemy import select

from app.desk.tickets import DeskResolution, Resolution, VisitQueries, VisitResult, VisitService, goodwill_of
from app.desk.tickets.errors import WorkNotBillable
from app.desk.tickets.lifecycle import VisitOutcome
from app.desk.tickets.models import GoodwillWork, Ticket, TicketNote
from app.platform.promises import WaitReason
from billing.coverage.models import TicketCoverage
from billing.quotes import ApprovedLine, approved_lines, may_finish_as_billable
from billing.terms import CoverageState
from tests.conftest import ClientFor
from tests.quotes.conftest import Shop, disk

DONE = "换上新硬盘，重装系统"


async def resolve(shop: Shop, visit_id: object, **more: str) -> None:
    async with shop.units_of_work.begin(shop.engineer) as work:
        await VisitService(work).resolve(visit_id, Resolution(DONE, work_minutes=40, **more))  # type: ignore[arg-type]


async def state_of(shop: Shop, ticket_id: object) -> str:
    async with shop.units_of_work.begin(shop.partner.system) as work:
        return (await work.session.scalars(select(Ticket.state).where(Ticket.id == ticket_id))).one()


async def test_without_a_quote_work_is_billable(shop: Shop) -> None:
    ticket_id, visit_id = await shop.ticket(visit=True)
    async with shop.units_of_work.begin(shop.engineer) as work:
        assert await may_finish_as_billable(work, ticket_id)
    await resolve(shop, visit_id)
    assert await state_of(shop, ticket_id) == "resolved"


@pytest.mark.parametrize("state", list(CoverageState))
async def test_what_the_contracts_say_needs_a_quote_waits_for_one(shop: Shop, state: CoverageState) -> None:
    ticket_id, visit_id = await shop.ticket(visit=True)
    async with shop.units_of_work.begin(shop.partner.system) as work:
        work.session.add(
            TicketCoverage(
                tenant_id=shop.partner.id,
                id=work.new_id(),
                client_id=shop.client.id,
                ticket_id=ticket_id,
                answer=state,
                note="",
                contract_number="",
                decided_at=work.now,
                revision=1,
            )
        )
    if state is CoverageState.NEEDS_QUOTE:
        with pytest.raises(WorkNotBillable):
            await resolve(shop, visit_id)
        await shop.decide((await shop.offered(ticket_id=ticket_id)).id)
    await resolve(shop, visit_id)
    assert await state_of(shop, ticket_id) == "resolved"


@pytest.mark.parametrize("fate", ["draft", "offered", "declined", "expired"])
async def test_before_the_approval_it_is_not(shop: Shop, fate: str) -> None:
    ticket_id, visit_id = await shop.ticket(visit=True)
    quote_id = await shop.draft(disk(), ticket_id=ticket_id)
    if fate != "draft":
        await shop.call("offer", quote_id)
    if fate == "declined":
        await shop.decide(quote_id, [])
    with pytest.raises(WorkNotBillable) as refusal:
        await resolve(shop, visit_id)
    assert set(refusal.value.fields) == {"goodwill_reason"}
    assert await state_of(shop, ticket_id) == "on_site"


@pytest.mark.parametrize("fate", ["approved", "partly approved", "withdrawn"])
async def test_after_it_or_without_the_quote_it_is(shop: Shop, fate: str) -> None:
    ticket_id, visit_id = await shop.ticket(visit=True)
    quote = await shop.offered(disk(), disk(), ticket_id=ticket_id)
    if fate == "withdrawn":
        await shop.call("withdraw", quote.id)
    else:
        await shop.decide(quote.id, [0] if fate == "partly approved" else None)
    await resolve(shop, visit_id)
    assert await state_of(shop, ticket_id) == "resolved"
    async with shop.units_of_work.begin(shop.partner.system) as work:
        lines: list[ApprovedLine] = await approved_lines(work, ticket_id)
    assert len(lines) == {"approved": 2, "partly approved": 1, "withdrawn": 0}[fate]


async def test_as_goodwill_it_is_finished_with_its_reason_for_staff_alone(shop: Shop) -> None:
    ticket_id, visit_id = await shop.ticket(visit=True)
    await shop.offered(ticket_id=ticket_id)
    await resolve(shop, visit_id, goodwill_reason="上次没修好，这次免费")
    assert visit_id
    async with shop.units_of_work.begin(shop.engineer) as work:
        assert await goodwill_of(work.session, [visit_id]) == {visit_id: "上次没修好，这次免费"}
        assert (await VisitQueries(work).visit(visit_id)).goodwill_reason == "上次没修好，这次免费"
    async with shop.units_of_work.begin(shop.dispatcher) as work:
        notes = await work.session.scalars(select(TicketNote.text).where(TicketNote.kind == "goodwill"))
        assert notes.all() == ["上次没修好，这次免费"]
    async with shop.units_of_work.begin(shop.approver) as work:
        assert (await work.session.scalars(select(GoodwillWork.id))).all() == []
    await resolve(shop, visit_id, goodwill_reason="上次没修好，这次免费")
    async with shop.units_of_work.begin(shop.partner.system) as work:
        mine = GoodwillWork.visit_id == visit_id
        assert len((await work.session.scalars(select(GoodwillWork.id).where(mine))).all()) == 1, "repeated, once"


async def test_work_that_is_not_done_waits_for_the_approval(shop: Shop) -> None:
    ticket_id, visit_id = await shop.ticket(visit=True)
    await shop.offered(ticket_id=ticket_id)
    async with shop.units_of_work.begin(shop.engineer) as work:
        waits = VisitResult("查出硬盘坏了", outcome=VisitOutcome.UNRESOLVED, waiting_for=WaitReason.APPROVAL)
        await VisitService(work).finish(visit_id, waits)  # type: ignore[arg-type]
    assert await state_of(shop, ticket_id) == "waiting"


async def test_the_desk_asks_too(shop: Shop) -> None:
    ticket_id, _ = await shop.ticket()
    await shop.offered(ticket_id=ticket_id)
    async with shop.units_of_work.begin(shop.dispatcher) as work:
        with pytest.raises(WorkNotBillable):
            await VisitService(work).resolve_from_desk(ticket_id, DeskResolution(DONE))
    async with shop.units_of_work.begin(shop.dispatcher) as work:
        visit_id = await VisitService(work).resolve_from_desk(ticket_id, DeskResolution(DONE, goodwill_reason="老客户"))
        assert visit_id
        assert await goodwill_of(work.session, [visit_id]) == {visit_id: "老客户"}


class TestForms:
    async def test_a_refusal_on_the_phone_loses_nothing_and_goodwill_goes_through(
        self, shop: Shop, http: ClientFor
    ) -> None:
        ticket_id, visit_id = await shop.ticket(visit=True)
        await shop.offered(ticket_id=ticket_id)
        phone = await http(shop.engineer)
        page = await phone.get(f"/field/visits/{visit_id}")
        assert "客户还没有同意" in page.text
        form = {"work_done": DONE, "cause": "坏道", "work_minutes": "40", "outcome": "resolved"}
        queued = {"idempotency-key": "phone-action-000001", "x-field-person": str(shop.engineer.membership_id)}
        refused = await phone.post(f"/field/visits/{visit_id}/work", data=form, headers=queued)
        assert refused.status_code == 422, "the phone keeps what the server refuses"
        assert all(each in refused.text for each in (DONE, "坏道", "写下为什么免费"))
        assert await state_of(shop, ticket_id) == "on_site"
        corrected = {**form, "goodwill_reason": "客户急用，先免费处理"}
        queued["idempotency-key"] = "phone-action-000002"
        done = await phone.post(f"/field/visits/{visit_id}/work", data=corrected, headers=queued)
        assert done.status_code == 303, done.text
        again = await phone.post(f"/field/visits/{visit_id}/work", data=corrected, headers=queued)
        assert again.headers["location"] == done.headers["location"]

    async def test_what_was_refused_may_be_sent_again_after_the_approval(self, shop: Shop, http: ClientFor) -> None:
        ticket_id, visit_id = await shop.ticket(visit=True)
        quote = await shop.offered(ticket_id=ticket_id)
        phone = await http(shop.engineer)
        form = {"work_done": DONE, "work_minutes": "40", "outcome": "resolved"}
        queued = {"idempotency-key": "phone-action-000003", "x-field-person": str(shop.engineer.membership_id)}
        send = {"url": f"/field/visits/{visit_id}/work", "data": form, "headers": queued}
        assert (await phone.post(**send)).status_code == 422  # type: ignore[arg-type]
        await shop.decide(quote.id)
        assert (await phone.post(**send)).status_code == 303  # type: ignore[arg-type]

    async def test_the_desks_form_keeps_what_was_typed(self, shop: Shop, http: ClientFor) -> None:
        ticket_id, _ = await shop.ticket()
        await shop.offered(ticket_id=ticket_id)
        desk = await http(shop.dispatcher)
        page = await desk.get(f"/workspace/tickets/{ticket_id}")
        assert "现在解决了只能按免费处理" in page.text
        form = {"mode": "telephone", "work_done": DONE, "work_minutes": "15"}
        refused = await desk.post(f"/workspace/tickets/{ticket_id}/resolve", data=form)
        assert refused.status_code == 422
        assert DONE in refused.text
        done = await desk.post(f"/workspace/tickets/{ticket_id}/resolve", data={**form, "goodwill_reason": "老客户"})
        assert done.status_code == 303, done.text

    async def test_the_api_says_what_is_missing(self, shop: Shop, http: ClientFor) -> None:
        ticket_id, visit_id = await shop.ticket(visit=True)
        await shop.offered(ticket_id=ticket_id)
        engineer: httpx.AsyncClient = await http(shop.engineer)
        body = {"work_done": DONE, "work_minutes": 40}
        refused = await engineer.post(f"/api/v1/visits/{visit_id}/resolve", json=body)
        assert (refused.status_code, refused.json()["code"]) == (422, "visit.not_billable")
        done = await engineer.post(f"/api/v1/visits/{visit_id}/resolve", json={**body, "goodwill_reason": "老客户"})
        assert done.status_code == 204
        shown = await engineer.get(f"/api/v1/visits/{visit_id}")
        assert shown.json()["goodwill_reason"] == "老客户"

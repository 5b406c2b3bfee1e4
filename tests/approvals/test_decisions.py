"""One asks, another decides: once, within limits, in time, and about what was asked."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from app.people.approvals import (
    Limits,
    Verdict,
    decide,
    request_approval,
    void_if_changed,
    withdraw,
)
from app.people.approvals.errors import (
    ApprovalAlreadyRequested,
    ApprovalMoveRefused,
    BeyondLimit,
    OwnRequest,
    RecordChanged,
)
from app.people.approvals.tasks import expire
from app.platform.kernel.actor import Actor
from app.platform.kernel.audit import AuditEntry
from app.platform.kernel.errors import DomainError, Forbidden, NotFound
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from app.platform.notifications.models import Notification
from billing.money import Money
from tenants.access_grants.consent import ACCESS_CONSENT, consent_request
from tenants.access_grants.models import AccessGrant
from tests.approvals.conftest import SECOND_ABOVE, Office
from tests.conftest import ClientFor
from tests.factories.background import run_due_work
from tests.factories.network import Network

APPROVE, DECLINE = Verdict.APPROVE, Verdict.DECLINE


async def decided(office: Office, actor: Actor, grant_id: UUID, verdict: Verdict = APPROVE) -> str:
    """What became of it: the refusal's code, or empty."""
    try:
        async with office.units_of_work.begin(actor) as work:
            await decide(work, ACCESS_CONSENT, grant_id, verdict, reason="同意")
    except DomainError as error:
        return error.code
    return ""


async def test_whoever_asks_does_not_decide_in_whatever_company_they_are(office: Office) -> None:
    grant_id = await office.ask()
    assert await decided(office, office.manager, grant_id) == OwnRequest.code
    elsewhere = replace(office.deciders[0], account_id=office.manager.account_id)
    assert await decided(office, elsewhere, grant_id) == OwnRequest.code
    assert (await office.approval(grant_id)).state == "requested"


async def test_a_program_does_not_decide(office: Office) -> None:
    grant_id = await office.ask()
    assert await decided(office, replace(office.deciders[0], by_token=True), grant_id) == Forbidden.code
    assert await decided(office, office.partner.dispatcher, grant_id) == Forbidden.code


async def test_of_two_at_once_one_decides_and_the_other_is_told(office: Office) -> None:
    grant_id = await office.ask()
    yes, no = office.deciders[:2]
    answers = await asyncio.gather(decided(office, yes, grant_id), decided(office, no, grant_id, DECLINE))
    assert sorted(answers) == ["", ApprovalMoveRefused.code]
    approval = await office.approval(grant_id)
    assert approval.state == ("approved" if answers[0] == "" else "declined")
    assert await office.state_of_record(grant_id) == ("open" if answers[0] == "" else "declined")
    async with office.units_of_work.begin(office.partner.system) as work:
        lines = await work.session.scalars(select(AuditEntry.action).where(AuditEntry.record_id == approval.id))
        assert sorted(lines) == sorted(["approval.requested", f"approval.{approval.state}"])


async def test_each_role_decides_up_to_its_limit(office: Office) -> None:
    limits = Limits(by_role={"service_manager": 50_000, "partner_owner": None})
    manager = replace(office.deciders[0], roles=("service_manager",))
    dispatcher = replace(office.deciders[0], roles=("dispatcher",))
    below, above = [await office.ask(amount=Money(minor, "CNY"), limits=limits) for minor in (50_000, 50_001)]
    assert await decided(office, dispatcher, below) == BeyondLimit.code
    assert await decided(office, manager, above) == BeyondLimit.code
    assert await decided(office, manager, below) == ""
    assert await decided(office, office.deciders[0], above) == ""
    credit = await office.ask(amount=Money(-50_001, "CNY"), limits=limits)
    assert await decided(office, manager, credit) == BeyondLimit.code, "a credit is an amount too"


async def test_above_a_limit_a_second_person_is_needed(office: Office) -> None:
    grant_id = await office.ask(amount=Money(50_001, "CNY"), limits=SECOND_ABOVE)
    first, second, _ = office.deciders
    assert await decided(office, first, grant_id) == ""
    assert (await office.approval(grant_id)).state == "first_approved"
    assert await office.state_of_record(grant_id) == "requested", "nothing follows from one of two"
    assert await decided(office, first, grant_id) == OwnRequest.code
    assert await decided(office, replace(second, account_id=first.account_id), grant_id) == OwnRequest.code
    assert await decided(office, second, grant_id) == ""
    approval = await office.approval(grant_id)
    assert (approval.state, approval.first_decided_by_name, approval.decided_by_name) == ("approved", "陈总", "李总")
    declined = await office.ask(amount=Money(50_001, "CNY"), limits=SECOND_ABOVE)
    await decided(office, first, declined)
    assert await decided(office, second, declined, DECLINE) == ""
    assert await office.state_of_record(declined) == "declined"


async def test_the_same_first_and_second_at_once_is_one(office: Office) -> None:
    grant_id = await office.ask(amount=Money(50_001, "CNY"), limits=SECOND_ABOVE)
    first = office.deciders[0]
    answers = await asyncio.gather(*(decided(office, first, grant_id) for _ in range(3)))
    assert sorted(answers) == ["", OwnRequest.code, OwnRequest.code]
    assert (await office.approval(grant_id)).state == "first_approved"


async def test_a_record_that_has_changed_is_not_decided_about(office: Office) -> None:
    grant_id = await office.ask()
    await office.change(grant_id, "所有客户的全部资料")
    assert await decided(office, office.deciders[0], grant_id) == RecordChanged.code
    async with office.units_of_work.begin(office.partner.system) as work:
        assert await void_if_changed(work, ACCESS_CONSENT, grant_id)
        assert not await void_if_changed(work, ACCESS_CONSENT, grant_id)
    assert (await office.approval(grant_id)).state == "void"
    assert await decided(office, office.deciders[0], grant_id) == ApprovalMoveRefused.code


async def test_a_change_beside_a_decision_is_not_slipped_in(office: Office) -> None:
    for _ in range(5):
        grant_id = await office.ask()
        answer, _ = await asyncio.gather(
            decided(office, office.deciders[0], grant_id), office.change(grant_id, "所有客户的全部资料")
        )
        assert answer in ("", RecordChanged.code)
        assert (await office.approval(grant_id)).state == ("requested" if answer else "approved")


async def test_what_nobody_decides_in_time_expires(runtime: Runtime, office: Office, clock: SettableClock) -> None:
    grant_id = await office.ask()
    changed = await office.ask()
    await office.change(changed, "别的")
    clock.advance(timedelta(days=7))
    assert await decided(office, office.deciders[0], grant_id) == ApprovalMoveRefused.code, "before any sweep"
    await run_due_work(runtime)
    assert (await office.approval(grant_id)).state == "expired"
    assert await office.state_of_record(grant_id) == "expired"
    assert (await office.approval(changed)).state == "void"


async def test_expiry_beside_a_decision_ends_it_once(runtime: Runtime, office: Office, clock: SettableClock) -> None:
    grant_ids = [await office.ask(expires_at=clock.now() + timedelta(hours=1)) for _ in range(5)]
    clock.advance(timedelta(minutes=59))
    approvals = [(await office.approval(grant_id)).id for grant_id in grant_ids]

    async def late() -> None:
        clock.advance(timedelta(minutes=1))
        await expire(runtime, office.partner.id, approvals)

    *answers, _ = await asyncio.gather(*(decided(office, office.deciders[0], each) for each in grant_ids), late())
    for answer, grant_id in zip(answers, grant_ids, strict=True):
        states = ((await office.approval(grant_id)).state, await office.state_of_record(grant_id))
        assert states == (("approved", "open") if answer == "" else ("expired", "expired"))


async def test_a_request_is_withdrawn_once_and_asked_once_at_a_time(office: Office) -> None:
    grant_id = await office.ask()
    async with office.units_of_work.begin(office.partner.system) as work:
        grant = await work.session.get_one(AccessGrant, (office.partner.id, grant_id))
        with pytest.raises(ApprovalAlreadyRequested):
            await request_approval(work, ACCESS_CONSENT, consent_request(grant))
        await withdraw(work, ACCESS_CONSENT, grant_id)
        with pytest.raises(ApprovalMoveRefused):
            await withdraw(work, ACCESS_CONSENT, grant_id)
        await withdraw(work, ACCESS_CONSENT, grant_id, missing_ok=True)
    assert await decided(office, office.deciders[0], grant_id) == ApprovalMoveRefused.code


async def test_what_a_client_decides_is_neither_the_staff_s_nor_another_client_s(
    office: Office, network: Network
) -> None:
    client, other = await network.client(office.partner), await network.client(office.partner, "厦门第九中学")
    may = frozenset({"access_grant:decide", "approval:decide"})
    approver = replace(client.contact, permissions=client.contact.permissions | may)
    stranger = replace(other.contact, permissions=other.contact.permissions | may)
    grant_id = await office.ask(client_id=client.id)
    ours = await office.ask()
    assert await decided(office, office.deciders[0], grant_id) == NotFound.code
    assert await decided(office, stranger, grant_id) == NotFound.code
    assert await decided(office, approver, ours) == NotFound.code
    assert await decided(office, approver, grant_id) == ""
    assert await office.state_of_record(grant_id) == "open"


async def test_deciders_are_notified_and_whoever_asked_hears_the_end(
    runtime: Runtime, office: Office, http: ClientFor
) -> None:
    grant_id = await office.ask(amount=Money(50_001, "CNY"), limits=SECOND_ABOVE)
    await run_due_work(runtime)

    async def bells() -> dict[str, int]:
        async with office.units_of_work.begin(office.partner.system) as work:
            rows = await work.session.scalars(
                select(Notification.membership_id).where(Notification.reference.startswith("approval:"))
            )
            found: list[UUID | None] = list(rows)
        people = {each.display_name: each.membership_id for each in (*office.deciders, office.manager)}
        return {name: found.count(membership_id) for name, membership_id in people.items()}

    assert await bells() == {"陈总": 1, "李总": 1, "王总": 1, "赵经理": 0}
    owner = await http(office.deciders[0])
    approval_id = (await owner.get("/api/v1/approvals")).json()["items"][0]["id"]
    assert (await owner.post(f"/api/v1/approvals/{approval_id}/approve", json={})).json()["state"] == "first_approved"
    assert (await owner.get("/api/v1/approvals")).json()["items"] == [], "it waits for somebody else now"
    await run_due_work(runtime)
    assert await bells() == {"陈总": 1, "李总": 2, "王总": 2, "赵经理": 0}
    await decided(office, office.deciders[1], grant_id)
    await run_due_work(runtime)
    assert await bells() == {"陈总": 1, "李总": 2, "王总": 2, "赵经理": 1}


async def test_the_pages_show_what_waits_and_decide_it(office: Office, http: ClientFor) -> None:
    first, second = await office.ask(), await office.ask()
    owner, asker, dispatcher = [
        await http(each) for each in (office.deciders[0], office.manager, office.partner.dispatcher)
    ]
    listed = await owner.get("/workspace/approvals")
    assert "赵经理 请您决定" in listed.text
    assert "没有等您审批的事项" in (await asker.get("/workspace/approvals")).text, "one's own waits for others"
    assert (await dispatcher.get("/workspace/approvals")).status_code == 403
    address = f"/workspace/approvals/{(await office.approval(first)).id}"
    assert (await owner.post(address, data={"verdict": "perhaps"})).status_code == 422
    own = await asker.post(address, data={"verdict": "approve"})
    assert (own.status_code, "另一个人" in own.text) == (403, True)
    assert (await owner.post(address, data={"verdict": "decline", "reason": "不方便"})).status_code == 303
    late = await (await http(office.deciders[1])).post(address, data={"verdict": "approve"})
    assert (late.status_code, "已经处理过" in late.text) == (409, True)
    assert await office.state_of_record(first) == "declined"
    shown = await owner.get(address)
    assert "不方便" in shown.text
    assert 'name="verdict"' not in shown.text
    other = f"/workspace/approvals/{(await office.approval(second)).id}"
    assert (await owner.post(other, data={"verdict": "approve"})).status_code == 303
    assert await office.state_of_record(second) == "open"

"""Promises on records that are no tickets: here a borrowed laptop, which only these tests know."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from app.agreements.sla import CALENDAR_TEMPLATES
from app.platform.kernel.actor import Actor
from app.platform.kernel.ids import new_id
from app.platform.kernel.outbox import DueEntry, DueKind
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.notifications import MemberRecipient
from app.platform.notifications.models import Delivery, Notification
from app.platform.promises import (
    Audience,
    ClockView,
    NoticeSubject,
    PendingTargets,
    PromiseService,
    PromiseTerms,
    Reminder,
    Standing,
    Subject,
    WaitReason,
)
from app.platform.promises.tasks import audiences, check_promises
from tests.conftest import START
from tests.factories.background import run_due_work
from tests.factories.network import ClientCompany, Network, PartnerCompany

OFFICE = next(each.calendar for each in CALENDAR_TEMPLATES if each.code == "five_by_eight_lunch")
HOUR = 3600
MORNING = START.replace(hour=1, minute=0)
"""9.00 in Xiamen on a Monday; service hours are 9.00 to 12.00 and 13.30 to 18.00."""
RETURN = PromiseTerms(
    8 * HOUR,
    OFFICE,
    reminders=(Reminder(tells="borrower", at_percent=50), Reminder(tells="owner", at_percent=100, by_email=True)),
    pauses=(WaitReason.PART,),
)
CHECK = PromiseTerms(2 * HOUR)


@dataclass
class Loan:
    """A laptop lent to a client, with the people who hear of it."""

    runtime: Runtime
    clock: SettableClock
    partner: PartnerCompany
    client: ClientCompany
    subject: Subject

    async def do(self, at: datetime, name: str, *arguments: object, **options: object) -> None:
        """Call a method of the service for this loan at a moment, after what is due by then."""
        self.clock.set(at)
        await run_due_work(self.runtime)
        async with self.runtime.units_of_work.begin(self.partner.system) as work:
            await getattr(PromiseService(work), name)(self.subject, *arguments, **options)

    async def explained(self, actor: Actor | None = None) -> dict[str, ClockView]:
        async with self.runtime.units_of_work.begin(actor or self.partner.dispatcher) as work:
            found = await PromiseService(work).explain(self.subject.kind, [self.subject.id])
        return {view.kind: view for view in found[self.subject.id]}

    async def told(self) -> list[tuple[UUID, str]]:
        """Who has what in the bell, in the order of time."""
        async with self.runtime.units_of_work.begin(self.partner.system) as work:
            rows = await work.session.execute(
                select(Notification.membership_id, Notification.text)
                .where(Notification.reference.startswith("promise:"))
                .order_by(Notification.id)
            )
            return [(member_id, text) for member_id, text in rows]


def xiamen(hour: int, minute: int = 0, *, days: int = 0) -> datetime:
    """A time of day in Xiamen, `days` after the Monday."""
    return MORNING + timedelta(days=days, hours=hour - 9, minutes=minute)


@pytest.fixture
async def loan(runtime: Runtime, clock: SettableClock, network: Network) -> AsyncIterator[Loan]:
    clock.set(MORNING)
    partner = await network.partner()
    client = await network.client(partner)
    people = {"borrower": partner.dispatcher, "owner": partner.owner}

    async def audience(work: UnitOfWork, loan_id: UUID, tells: str) -> Audience | None:
        member = people[tells].membership_id
        if work.tenant_id != partner.id or member is None:
            return None
        subject = NoticeSubject("JY-0007", client.name, f"/workspace/loans/{loan_id}")
        return Audience(subject, [MemberRecipient(membership_id=member, email="boss@example.com")])

    audiences()["loan"] = audience
    yield Loan(runtime, clock, partner, client, Subject("loan", new_id(), client.id))
    del audiences()["loan"]


async def test_a_promise_counts_service_hours_and_says_why_it_is_due_then(loan: Loan) -> None:
    await loan.do(MORNING, "start", {"return": RETURN, "check": CHECK})
    await loan.do(xiamen(11), "pause", WaitReason.PART)
    await loan.do(xiamen(15), "resume")
    view = (await loan.explained())["return"]
    assert view.target_seconds - view.remaining_seconds == 2 * HOUR
    assert view.due_at == xiamen(12, days=1), "three hours are left of Monday, three of Tuesday"
    assert [(each.waiting_for, each.started_at, each.ended_at) for each in view.pauses] == [
        ("part", xiamen(11), xiamen(15))
    ]
    assert view.standing is Standing.CALM
    assert view.service_hours


async def test_what_the_terms_do_not_name_stops_nothing(loan: Loan) -> None:
    await loan.do(MORNING, "start", {"return": RETURN, "check": CHECK})
    await loan.do(xiamen(10), "pause", WaitReason.PART)
    views = await loan.explained()
    assert (views["return"].standing, views["check"].standing) == (Standing.PAUSED, Standing.ATTENTION)
    assert views["check"].due_at == xiamen(11), "around the clock"
    assert views["return"].due_at is None
    assert views["return"].remaining_seconds == 7 * HOUR


async def test_people_are_told_once_of_each_threshold_by_what_the_record_is_called(loan: Loan) -> None:
    await loan.do(MORNING, "start", {"return": RETURN})
    await loan.do(xiamen(14, 30), "start", {"return": RETURN})
    await loan.do(xiamen(14, 30), "start", {"return": RETURN})
    borrower, owner = loan.partner.dispatcher.membership_id, loan.partner.owner.membership_id
    half = (borrower, f"JY-0007 {loan.client.name}：return时限已用 50%，还剩 4 小时")
    assert await loan.told() == [half]
    loan.clock.set(xiamen(10, days=1))
    await run_due_work(loan.runtime)
    async with loan.runtime.units_of_work.begin(loan.partner.system) as work:
        due = list(await work.session.scalars(select(DueEntry.subject_id).where(DueEntry.kind == DueKind.PROMISE)))
        letters = list(await work.session.scalars(select(Delivery.reference)))
    await check_promises(loan.runtime, loan.partner.id, due)
    await run_due_work(loan.runtime)
    assert await loan.told() == [half, (owner, f"JY-0007 {loan.client.name}：return已超时 30 分钟")]
    assert [each for each in letters if each.startswith("promise:")] != [], "the owner's letter too"
    assert (await loan.explained())["return"].standing is Standing.BREACHED


async def test_what_was_done_in_time_tells_nobody(loan: Loan) -> None:
    await loan.do(MORNING, "start", {"return": RETURN, "check": CHECK})
    await loan.do(xiamen(10), "meet", "return")
    await loan.do(xiamen(10), "cancel")
    loan.clock.set(xiamen(9, days=7))
    await run_due_work(loan.runtime)
    assert await loan.told() == []
    views = await loan.explained()
    assert (views["return"].standing, views["check"].standing) == (Standing.MET, Standing.CANCELLED)


async def test_a_promise_that_is_taken_back_goes_on_from_what_was_used(loan: Loan) -> None:
    await loan.do(MORNING, "start", {"return": RETURN})
    await loan.do(xiamen(10), "meet", "return")
    await loan.do(xiamen(9, days=1), "reopen", "return")
    assert (await loan.explained())["return"].due_at == xiamen(17, 30, days=1)


async def test_other_terms_hold_from_now_on_or_from_the_beginning(loan: Loan) -> None:
    await loan.do(MORNING, "start", {"return": RETURN})
    pending = PendingTargets(frozenset({"return", "check"}))
    elapsed = PromiseTerms(8 * HOUR)
    await loan.do(xiamen(13), "change_terms", {"return": elapsed}, pending)
    view = (await loan.explained())["return"]
    assert (view.due_at, view.service_hours) == (xiamen(18), False), "three hours were used, lunch did not count"
    await loan.do(xiamen(13), "change_terms", {"return": elapsed, "check": CHECK}, pending, from_the_beginning=True)
    views = await loan.explained()
    assert (views["return"].due_at, views["check"].due_at) == (xiamen(17), xiamen(15)), "lunch counts now"
    await loan.do(xiamen(14), "change_terms", {"check": CHECK}, pending)
    assert (await loan.explained())["return"].standing is Standing.CANCELLED


async def test_only_whose_record_it_is_reads_its_promises(loan: Loan, network: Network) -> None:
    other = await network.client(loan.partner)
    stranger = await network.partner()
    await loan.do(MORNING, "start", {"return": RETURN})
    await loan.do(xiamen(10), "pause", WaitReason.PART)
    await loan.do(xiamen(11), "resume")
    assert len((await loan.explained(loan.client.contact))["return"].pauses) == 1
    for outsider in (other.contact, stranger.dispatcher):
        assert await loan.explained(outsider) == {}
    internal = Loan(loan.runtime, loan.clock, loan.partner, loan.client, Subject("loan", new_id()))
    await internal.do(xiamen(11), "start", {"return": RETURN})
    assert (await internal.explained()).keys() == {"return"}
    assert await internal.explained(loan.client.contact) == {}

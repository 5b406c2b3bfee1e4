"""What a step does to a ticket, on values: no database, no services."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from app.agreements.sla import TargetKind
from app.desk.tickets import ConfirmedBy, MoveRefused, TicketState, VisitMode, VisitOutcome, VisitState, steps
from app.desk.tickets.decision import apply
from app.desk.tickets.errors import TooLateToReopen, VisitEnded
from app.desk.tickets.lifecycle import RULES, VISIT_RULES, Move
from app.desk.tickets.steps import Changes, TicketFacts, VisitFacts
from app.desk.tickets.visit_changes import state_of
from app.platform.kernel.errors import DomainError
from app.platform.promises import WaitReason

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
ENGINEER = UUID(int=7)


def visit(number: int) -> VisitFacts:
    return VisitFacts(
        id=UUID(int=number),
        engineer_id=ENGINEER,
        mode=VisitMode.ON_SITE,
        scheduled_start=AT,
        scheduled_end=AT + timedelta(hours=2),
    )


def changes_of(ticket: TicketFacts, step: steps.Step) -> Changes:
    decided = apply(ticket, step)
    assert isinstance(decided, Changes), decided
    return decided


def after(*taken: steps.Step) -> TicketFacts:
    ticket = TicketFacts()
    for step in taken:
        ticket = changes_of(ticket, step).ticket
    return ticket


ASSIGNED = (steps.Assign(at=AT, engineer="李师傅", visit=visit(1)),)
ACCEPTED = (*ASSIGNED, steps.Accept(at=AT, visit_id=UUID(int=1)))
ARRIVED = (*ACCEPTED, steps.Arrive(at=AT, visit_id=UUID(int=1)))
RESOLVED = (*ARRIVED, steps.Resolve(at=AT, visit_id=UUID(int=1), work_done="换了电源", work_minutes=30))

ANY_STEP = st.sampled_from(
    [
        steps.Triage(at=AT),
        steps.Assign(at=AT, engineer="李师傅", visit=None),
        *ASSIGNED,
        steps.Accept(at=AT),
        steps.Decline(at=AT, reason="有事"),
        steps.Unassign(at=AT, reason="派错了人"),
        steps.Unassign(at=AT, visit_id=UUID(int=2)),
        steps.Depart(at=AT),
        steps.Arrive(at=AT),
        steps.Connect(at=AT),
        steps.Resolve(at=AT, work_done="换了电源"),
        steps.Assign(at=AT, engineer="王师傅", visit=visit(2), beside=True),
        steps.Accept(at=AT, visit_id=UUID(int=2)),
        steps.Arrive(at=AT, visit_id=UUID(int=2)),
        steps.Finish(at=AT, work_done="还要再来"),
        steps.Finish(at=AT, visit_id=UUID(int=2), work_done="等配件", waiting_for=WaitReason.PART),
        steps.Wait(at=AT, reason=WaitReason.PART),
        steps.Resume(at=AT),
        steps.Confirm(at=AT, how=ConfirmedBy.PORTAL),
        steps.Close(at=AT),
        steps.Reopen(at=AT, reason="又坏了"),
        steps.Cancel(at=AT, reason="不用修了"),
        steps.Rate(at=AT, score=5),
    ]
)


@settings(max_examples=120, deadline=None)
@given(st.lists(ANY_STEP, max_size=20))
def test_every_order_of_steps_keeps_to_the_table(taken: list[steps.Step]) -> None:
    ticket = TicketFacts()
    for step in taken:
        decided = apply(ticket, step)
        if not isinstance(decided, Changes):
            assert isinstance(decided, DomainError)
            continue
        state = ticket.state
        for moved in decided.moves:
            assert moved.before is state
            assert moved.before in RULES[moved.move].starts
            assert moved.after in RULES[moved.move].ends
            state = moved.after
        for before, now in zip(ticket.visits, decided.ticket.visits, strict=False):
            assert before.state is now.state or any(
                before.state in rule.starts and now.state is rule.end for rule in VISIT_RULES.values()
            )
        ticket = decided.ticket
        assert ticket.state is state
        leading = ticket.leading_visit
        if leading is not None and state is not TicketState.WAITING:
            assert state is state_of(leading)
        assert all(visit.arrived_at is None for visit in ticket.visits if visit.state is VisitState.CANCELLED)
        assert bool(ticket.wait_reason) == (state is TicketState.WAITING)
        assert (ticket.resolved_at is not None) == (
            state in (TicketState.RESOLVED, TicketState.CONFIRMED, TicketState.CLOSED)
        )


def test_a_visit_is_planned_in_the_place_of_an_open_one() -> None:
    decided = changes_of(after(*ACCEPTED), steps.Assign(at=AT, engineer="王师傅", visit=visit(2), note="换人"))
    assert [each.state for each in decided.ticket.visits] == [VisitState.CANCELLED, VisitState.PLANNED]
    assert decided.finished == ()
    assert [(note.kind, note.text) for note in decided.notes] == [("dispatch", "换人")]


def test_work_that_began_is_finished_with_its_minutes_when_the_ticket_waits_or_another_goes() -> None:
    later = AT + timedelta(minutes=25, seconds=40)
    for step in (
        steps.Wait(at=later, reason=WaitReason.PART, note="等内存条"),
        steps.Assign(at=later, engineer="王师傅", visit=visit(2)),
    ):
        decided = changes_of(after(*ARRIVED), step)
        (left,) = decided.finished
        assert (left.state, left.outcome, left.work_minutes, left.finished_at) == (
            VisitState.FINISHED,
            VisitOutcome.UNRESOLVED,
            25,
            later,
        )


def test_two_engineers_at_once_and_the_ticket_follows_the_one_who_is_further() -> None:
    both = (*ACCEPTED, steps.Assign(at=AT, engineer="王师傅", visit=visit(2), beside=True))
    ticket = after(*both)
    assert ticket.state is TicketState.ACCEPTED
    ticket = after(*both, steps.Arrive(at=AT, visit_id=UUID(int=1)), steps.Accept(at=AT, visit_id=UUID(int=2)))
    assert ticket.state is TicketState.ON_SITE
    decided = changes_of(ticket, steps.Finish(at=AT, visit_id=UUID(int=1), work_done="还差一根线", work_minutes=20))
    assert decided.ticket.state is TicketState.ACCEPTED
    assert [moved.details for moved in decided.moves] == [{"visit": "1"}]
    resolved = changes_of(
        after(*both, steps.Arrive(at=AT, visit_id=UUID(int=1))),
        steps.Resolve(at=AT, visit_id=UUID(int=1), work_done="换了电源"),
    ).ticket
    assert [each.state for each in resolved.visits] == [VisitState.FINISHED, VisitState.CANCELLED]


def test_an_unresolved_visit_sends_the_ticket_back_or_lets_it_wait() -> None:
    again = changes_of(after(*ARRIVED), steps.Finish(at=AT, visit_id=UUID(int=1), work_done="要两个人"))
    assert (again.ticket.state, again.ticket.engineer_id) == (TicketState.TRIAGED, None)
    waits = changes_of(
        after(*ARRIVED),
        steps.Finish(at=AT, visit_id=UUID(int=1), work_done="缺内存条", waiting_for=WaitReason.PART),
    )
    assert [moved.move for moved in waits.moves] == [Move.FINISH, Move.WAIT]
    assert waits.clocks == (steps.PauseClocks(WaitReason.PART),)


def test_work_that_begins_meets_the_targets_before_resolution() -> None:
    decided = changes_of(after(*ACCEPTED), steps.Arrive(at=AT, visit_id=UUID(int=1)))
    met = steps.MeetTargets((TargetKind.RESPONSE, TargetKind.REMOTE_ACCESS, TargetKind.ARRIVAL))
    assert decided.clocks == (met,)
    assert decided.ticket.visits[0].arrived_at == AT


def test_a_resolution_is_written_on_the_visit_or_on_the_timeline() -> None:
    (by_visit,) = changes_of(after(*ARRIVED), RESOLVED[-1]).moves
    assert by_visit.text == ""
    assert after(*RESOLVED).visits[0].work_done == "换了电源"
    call = VisitFacts(
        id=UUID(int=3),
        planned=False,
        engineer_id=None,
        performed_by_name="热线小陈",
        mode=VisitMode.TELEPHONE,
        scheduled_start=AT,
        scheduled_end=AT,
    )
    by_phone = steps.Resolve(at=AT, work_done="重启后恢复", work_minutes=8, unplanned=call)
    decided = changes_of(after(steps.Triage(at=AT)), by_phone)
    assert [moved.text for moved in decided.moves] == ["重启后恢复"]
    (record,) = decided.finished
    assert (record.state, record.outcome, record.work_minutes) == (VisitState.FINISHED, VisitOutcome.RESOLVED, 8)
    assert (record.arrived_at, record.finished_at) == (AT - timedelta(minutes=8), AT)
    beside = changes_of(after(*ARRIVED), by_phone)
    assert [visit.work_done for visit in beside.finished] == ["", "重启后恢复"]


def test_what_has_ended_is_refused_with_its_reason() -> None:
    resolved = after(*RESOLVED)
    assert isinstance(apply(resolved, steps.Accept(at=AT, visit_id=UUID(int=1))), VisitEnded)
    assert isinstance(apply(resolved, steps.Wait(at=AT, reason=WaitReason.PART)), MoveRefused)


def test_a_ticket_is_reopened_within_seven_days_unless_another_system_did_it() -> None:
    closed = after(*RESOLVED, steps.Confirm(at=AT, how=ConfirmedBy.REPORTER))
    late = AT + timedelta(days=7, seconds=1)
    assert isinstance(apply(closed, steps.Reopen(at=late, reason="又坏了")), TooLateToReopen)
    reopened = changes_of(closed, steps.Reopen(at=late, reason="又坏了", however_late=True))
    assert (reopened.ticket.state, reopened.ticket.reopened, reopened.ticket.closed_at) == (
        TicketState.REOPENED,
        1,
        None,
    )

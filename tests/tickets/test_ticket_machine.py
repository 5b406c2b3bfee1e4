"""One ticket and its visits under every order of commands by everybody: services store what is decided, no more."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from msgspec.structs import replace

from app.agreements.sla import Impact, Urgency
from app.desk.tickets import (
    Assignment,
    Channel,
    ConfirmationService,
    ConfirmedBy,
    DeskResolution,
    DispatchService,
    Move,
    Reason,
    Resolution,
    TicketCreate,
    TicketCreation,
    TicketMessage,
    TicketState,
    Triage,
    TriageService,
    Unassignment,
    VisitMode,
    VisitService,
    Waiting,
    steps,
)
from app.desk.tickets.lifecycle import RATEABLE_STATES, RULES, moves_from
from app.desk.tickets.steps import VisitFacts
from app.platform.kernel.actor import ActorKind
from app.platform.kernel.errors import Conflict, DomainError, NotFound
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.promises import WaitReason
from rbac import Permission
from tests.factories.network import Network
from tests.tickets.ticket_model import PEOPLE, VISIT_STEPS, Model, RepeatedStep, Scene, Taken, kept_of


class TicketMachine(RuleBasedStateMachine):
    """Every command is expected to do exactly what the model does, or to be refused with the right word."""

    scene: ClassVar[Scene]

    @initialize()
    def report(self) -> None:
        self.model = Model()
        self.ticket_id: UUID = self.scene.run(self._report())
        self.kept = self.scene.run(kept_of(self.scene, self.ticket_id))
        self.model.version = self.kept["version"]
        self.model.audited = [action for action, _ in self.kept["audit"]]
        self.model.lines = [line[1:3] for line in self.kept["lines"]]

    @rule(minutes=st.sampled_from([1, 30, 240, 2_000]))
    def time_passes(self, minutes: int) -> None:
        self.scene.clock.advance(timedelta(minutes=minutes))

    @rule(choice=st.integers(0, 1_000))
    def go_on(self, choice: int) -> None:
        """A step that the table allows, by somebody who may: chance alone seldom comes far."""
        possible = [move for move in moves_from(self.model.state) if move not in (Move.CLOSE, Move.CANCEL)]
        if not possible:
            return
        move = possible[choice % len(possible)]
        match move:
            case Move.TRIAGE:
                self.triage("dispatcher", Impact.HIGH)
            case Move.ASSIGN:
                self.assign("dispatcher", "engineer")
            case Move.UNASSIGN:
                self.unassign("dispatcher")
            case Move.WAIT:
                self.wait("dispatcher", WaitReason.CLIENT)
            case Move.RESUME:
                self.resume("dispatcher")
            case Move.CONFIRM:
                self.confirm("reporter")
            case Move.REOPEN:
                self.reopen("contact")
            case Move.RESOLVE if choice % 2 or not self.model.ticket.leading_visit:
                self.resolve_from_desk("dispatcher")
            case _:
                self.work_on_visit("dispatcher", move, 0)

    # --- commands on the ticket ---------------------------------------------------------------

    @rule(who=st.sampled_from(PEOPLE), impact=st.sampled_from(Impact))
    def triage(self, who: str, impact: Impact) -> None:
        def expected() -> None:
            self.needs(who, Permission.TICKET_TRIAGE)
            if self.model.state in RULES[Move.TRIAGE].starts:
                self.model.take(steps.Triage(at=self.now), who)
            else:
                self.model.version += 1

        change = Triage("hardware", "printer", impact, Urgency.MEDIUM)
        self.expect(who, expected, lambda work: TriageService(work).triage(self.ticket_id, change))

    @rule(who=st.sampled_from(PEOPLE), engineer=st.sampled_from(("engineer", "colleague")))
    def assign(self, who: str, engineer: str) -> None:
        engineer_id = self.scene.people[engineer].membership_id
        assert engineer_id
        start, end = self.now + timedelta(hours=1), self.now + timedelta(hours=2)
        planned = VisitFacts(
            id=UUID(int=0), engineer_id=engineer_id, mode=VisitMode.ON_SITE, scheduled_start=start, scheduled_end=end
        )

        def expected() -> None:
            self.needs(who, Permission.TICKET_ASSIGN)
            self.model.take(steps.Assign(at=self.now, engineer=engineer, visit=planned), who)

        wanted = Assignment(engineer_id, start, end)
        visit_id = self.expect(who, expected, lambda work: DispatchService(work).assign(self.ticket_id, wanted))
        if visit_id is not None:
            self.name_last_visit(visit_id)

    @rule(who=st.sampled_from(PEOPLE))
    def unassign(self, who: str) -> None:
        def expected() -> None:
            self.needs(who, Permission.TICKET_ASSIGN)
            self.take(steps.Unassign(at=self.now), self.step(who, Move.UNASSIGN))

        self.expect(who, expected, lambda work: DispatchService(work).unassign(self.ticket_id, Unassignment()))

    @rule(who=st.sampled_from(PEOPLE), reason=st.sampled_from(WaitReason))
    def wait(self, who: str, reason: WaitReason) -> None:
        def expected() -> None:
            self.needs_worker(who)
            self.take(steps.Wait(at=self.now, reason=reason), self.step(who, Move.WAIT, "", reason))

        self.expect(who, expected, lambda work: TriageService(work).wait(self.ticket_id, Waiting(reason)))

    @rule(who=st.sampled_from(PEOPLE))
    def resume(self, who: str) -> None:
        def expected() -> None:
            self.needs_worker(who)
            self.take(steps.Resume(at=self.now), self.step(who, Move.RESUME))

        self.expect(who, expected, lambda work: TriageService(work).resume(self.ticket_id))

    @rule(who=st.sampled_from(PEOPLE))
    def cancel(self, who: str) -> None:
        def expected() -> None:
            self.needs(who, Permission.TICKET_TRIAGE)
            self.take(steps.Cancel(at=self.now, reason="不用修了"), self.step(who, Move.CANCEL, "不用修了"))

        self.expect(who, expected, lambda work: TriageService(work).cancel(self.ticket_id, Reason("不用修了")))

    @rule(who=st.sampled_from(PEOPLE))
    def resolve_from_desk(self, who: str) -> None:
        actor = self.scene.people[who]
        record = VisitFacts(
            id=UUID(int=0),
            planned=False,
            engineer_id=None,
            performed_by=actor.membership_id,
            performed_by_name=actor.display_name,
            mode=VisitMode.TELEPHONE,
            scheduled_start=self.now,
            scheduled_end=self.now,
        )

        def expected() -> None:
            self.needs(who, Permission.TICKET_TRIAGE)
            resolved = steps.Resolve(at=self.now, work_done=done.work_done, work_minutes=12, unplanned=record)
            self.take(resolved, self.step(who, Move.RESOLVE, done.work_done))

        done = DeskResolution("重启后恢复", work_minutes=12)
        visit_id = self.expect(who, expected, lambda work: VisitService(work).resolve_from_desk(self.ticket_id, done))
        if visit_id is not None:
            self.name_last_visit(visit_id)

    @rule(who=st.sampled_from(PEOPLE))
    def confirm(self, who: str) -> None:
        kind = self.scene.people[who].kind
        ways = {ActorKind.CLIENT: ConfirmedBy.PORTAL, ActorKind.REPORTER: ConfirmedBy.REPORTER}
        how = ways.get(kind, ConfirmedBy.CALL_BACK)

        def expected() -> None:
            self.needs(who, Permission.TICKET_TRIAGE if how is ConfirmedBy.CALL_BACK else Permission.TICKET_CONFIRM)
            self.take(steps.Confirm(at=self.now, how=how), self.step(who, Move.CONFIRM))

        self.expect(who, expected, lambda work: ConfirmationService(work).confirm(self.ticket_id, how))

    @rule(who=st.sampled_from(PEOPLE))
    def reopen(self, who: str) -> None:
        def expected() -> None:
            if not self.scene.people[who].may(Permission.TICKET_TRIAGE):
                self.needs(who, Permission.TICKET_CONFIRM)
            self.take(steps.Reopen(at=self.now, reason="又坏了"), self.step(who, Move.REOPEN, "又坏了"))

        self.expect(who, expected, lambda work: ConfirmationService(work).reopen(self.ticket_id, Reason("又坏了")))

    @rule(who=st.sampled_from(PEOPLE), public=st.booleans())
    def say(self, who: str, *, public: bool) -> None:
        def expected() -> None:
            self.needs(who, Permission.TICKET_REPLY if public else Permission.NOTE_WRITE)
            self.sees(who)
            if public:
                self.model.line("reply")
            else:
                self.model.version += 1

        def said(work: UnitOfWork) -> Coroutine[Any, Any, Any]:
            service = TriageService(work)
            return (service.reply if public else service.add_note)(self.ticket_id, TicketMessage("已联系"))

        self.expect(who, expected, said)

    @rule(who=st.sampled_from(PEOPLE))
    def rate(self, who: str) -> None:
        def expected() -> None:
            self.needs(who, Permission.TICKET_CONFIRM)
            self.model.take(steps.Rate(at=self.now, score=5), who)
            self.model.line("rating")

        self.expect(who, expected, lambda work: ConfirmationService(work).record_rating(self.ticket_id, 5))

    # --- commands on its visits ---------------------------------------------------------------

    @rule(who=st.sampled_from(PEOPLE), move=st.sampled_from(list(VISIT_STEPS)), older=st.integers(0, 3))
    def work_on_visit(self, who: str, move: Move, older: int) -> None:
        if not self.model.visits:
            return
        visit_id = list(self.model.visits)[max(0, len(self.model.visits) - 1 - older // 3)]

        def expected() -> None:
            actor = self.scene.people[who]
            if not actor.may(Permission.TICKET_ASSIGN):
                self.needs(who, Permission.VISIT_WORK)
                if self.model.visits[visit_id].engineer_id != actor.engineer_id:
                    raise NotFound
            try:
                self.model.take(VISIT_STEPS[move](self.now, visit_id), who)
            except Conflict as refusal:
                repeated = self.model.took(visit_id, self.step(who, move), "换了电源")
                raise (RepeatedStep if repeated else refusal) from None

        def done(work: UnitOfWork) -> Coroutine[Any, Any, Any]:
            service = VisitService(work)
            match move:
                case Move.DECLINE:
                    return service.decline(visit_id, Reason("有事"))
                case Move.RESOLVE:
                    return service.resolve(visit_id, Resolution("换了电源"))
                case _:
                    step: Coroutine[Any, Any, Any] = getattr(service, move)(visit_id)
                    return step

        self.expect(who, expected, done)

    # --- the rules that every command shares --------------------------------------------------

    def needs(self, who: str, permission: Permission) -> None:
        self.scene.people[who].require(permission)

    def needs_worker(self, who: str) -> None:
        actor = self.scene.people[who]
        if not actor.may(Permission.TICKET_TRIAGE):
            actor.require(Permission.VISIT_WORK)
        self.sees(who)

    def sees(self, who: str) -> None:
        """An engineer sees the tickets that they were ever sent to."""
        actor = self.scene.people[who]
        sent = {visit.engineer_id for visit in self.model.visits.values()}
        if (
            actor.kind is ActorKind.PROVIDER
            and not actor.may(Permission.TICKET_TRIAGE)
            and actor.engineer_id not in sent
        ):
            raise NotFound

    def step(self, who: str, move: Move, text: str = "", reason: str = "") -> Taken:
        return Taken(move, who, self.now, (text, reason))

    @property
    def now(self) -> datetime:
        return self.scene.clock.now()

    def take(self, step: steps.Step, taken: Taken) -> None:
        try:
            self.model.take(step, taken.who, taken.words)
        except Conflict as refusal:
            raise (RepeatedStep if self.model.stands_by(taken) else refusal) from None

    # --- doing and comparing ------------------------------------------------------------------

    def name_last_visit(self, visit_id: UUID) -> None:
        """Services number visits; the pure function takes the number that it is given."""
        *earlier, last = self.model.ticket.visits
        self.model.ticket = replace(self.model.ticket, visits=(*earlier, replace(last, id=visit_id)))
        self.compare()

    def expect(
        self, who: str, expected: Callable[[], None], command: Callable[[UnitOfWork], Coroutine[Any, Any, Any]]
    ) -> Any:
        """Run `command` as `who`: it must be refused as `expected` is, or do the same to the ticket as to the model; a
        repeated step is neither refused nor done."""
        refusal: type[DomainError] | None = None
        again = False
        try:
            expected()
        except RepeatedStep:
            again = True
        except DomainError as error:
            refusal = type(error)
        before = self.kept
        answer, refused_with = self.scene.run(self._do(who, command))
        assert refused_with is refusal, (who, refused_with, refusal)
        self.kept = self.scene.run(kept_of(self.scene, self.ticket_id))
        if refusal is not None or again:
            assert self.kept == before
            return None
        assert self.kept["lines"][: len(before["lines"])] == before["lines"]
        assert self.kept["notes"][: len(before["notes"])] == before["notes"]
        assert self.kept["audit"][: len(before["audit"])] == before["audit"]
        assert self.kept["events"] > before["events"]
        if not isinstance(answer, UUID):
            self.compare()
        return answer

    def compare(self) -> None:
        kept, model = self.kept, self.model
        assert (kept["state"], kept["version"]) == (model.state, model.version)
        assert [action for action, _ in kept["audit"]] == model.audited
        assert [(kind, state) for _, kind, state in kept["lines"] if kind != "priority"] == model.lines
        assert kept["ticket"] == replace(model.ticket, visits=())
        assert kept["visits"] == sorted(model.ticket.visits, key=lambda visit: visit.id)
        opened = [visit for visit in model.ticket.visits if visit.is_open]
        assert len(opened) <= 1
        if model.state in (*RATEABLE_STATES, TicketState.CANCELLED, TicketState.REOPENED, TicketState.TRIAGED):
            assert not opened
        assert kept["due_at"] == min((due for due in kept["dues"] if due is not None), default=None)
        assert (kept["wait_reason"] != "") == (model.state == TicketState.WAITING)

    async def _report(self) -> UUID:
        async with self.scene.runtime.units_of_work.begin(self.scene.people["reporter"]) as work:
            fault = TicketCreate(subject="开不了机", device_id=self.scene.device_id)
            return (await TicketCreation(work).create(fault, Channel.EMPLOYEE)).id

    async def _do(
        self, who: str, command: Callable[[UnitOfWork], Coroutine[Any, Any, Any]]
    ) -> tuple[Any, type[DomainError] | None]:
        try:
            async with self.scene.runtime.units_of_work.begin(self.scene.people[who]) as work:
                return await command(work), None
        except DomainError as error:
            return None, type(error)

    model: Model
    kept: dict[str, Any]


@pytest.mark.slow(8, "twenty stories in the database")
async def test_every_order_of_commands_does_what_the_table_says(
    runtime: Runtime, network: Network, clock: SettableClock
) -> None:
    TicketMachine.scene = await Scene.made(runtime, network, clock)
    effort = settings(
        max_examples=20,
        stateful_step_count=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    await asyncio.to_thread(run_state_machine_as_test, TicketMachine, settings=effort)

"""One contract under every order of commands, against a calendar that knows what each day costs."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from app.platform.kernel.errors import DomainError
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from billing.contracts import (
    ContractAmend,
    ContractEnd,
    ContractSuspend,
    ContractTermsWrite,
)
from billing.contracts.schemas import ContractReturn
from billing.contracts.states import CONTRACT_MACHINE, VERSION_MACHINE, ContractMove, VersionMove
from billing.periods import months_after
from billing.terms import Retainer
from tests.conftest import START
from tests.contracts.contracts import FIRST_DAY, Contracts, care, terms_of
from tests.factories.network import Network

A_DAY = timedelta(days=1)
TODAY = date(2026, 11, 16)
LATER = st.sampled_from([FIRST_DAY, TODAY - A_DAY, TODAY, date(2026, 12, 31), date(2027, 3, 1), date(2027, 10, 31)])
PRICES = st.sampled_from(("3000", "3100", "3500"))
RUNNING = ("active", "suspended")


@dataclass
class Opened:
    """The version that is being agreed."""

    state: str
    price: str
    begins: date
    ends: date


@dataclass
class Calendar:
    """What must be true of the contract."""

    state: str = "draft"
    opened: Opened | None = None
    prices: dict[date, str] = field(default_factory=dict)
    """By day, what was agreed for it."""
    until: date = FIRST_DAY
    agreed_end: date = FIRST_DAY
    rests: list[tuple[date, date]] = field(default_factory=list)

    def costs(self, day: date) -> str:
        return self.prices.get(day, "") if day < self.until else ""

    def covers(self, day: date) -> bool:
        return bool(self.costs(day)) and not any(first <= day < after for first, after in self.rests)


class ContractMachine(RuleBasedStateMachine):
    """What the tables of moves and the calendar say is done, and nothing else."""

    contracts: ClassVar[Contracts]
    clock: ClassVar[SettableClock]
    loop: ClassVar[asyncio.AbstractEventLoop]
    numbers: ClassVar[list[str]]

    @initialize()
    def begin(self) -> None:
        self.clock.set(START)
        self.today = TODAY
        self.contract = self.run(self.contracts.draft(terms_of(care("3000"))))
        end = months_after(FIRST_DAY, 12)
        self.calendar = Calendar(opened=Opened("draft", "3000", FIRST_DAY, end))
        self.compare()

    @rule(price=PRICES)
    def save(self, price: str) -> None:
        opened = self.calendar.opened
        may = opened is not None and opened.state == "draft"
        terms = terms_of(care(price))
        if opened is not None and self.calendar.state in RUNNING:
            terms = terms_of(care(price), first_day=FIRST_DAY)
            if opened.begins >= months_after(FIRST_DAY, 12):
                terms = terms_of(care(price), first_day=opened.begins)
        if self.tried("save_terms", ContractTermsWrite("年度运维", terms, self.contract.version), may=may) and opened:
            opened.price = price

    @rule()
    def offer(self) -> None:
        if self.tried("offer", self.contract.version, may=self._version_may(VersionMove.OFFER, ContractMove.OFFER)):
            self._moved("offered")

    @rule()
    def accept(self) -> None:
        may = self._version_may(VersionMove.ACCEPT, ContractMove.ACCEPT)
        done = False
        try:
            self.contract = self.run(self.contracts.accept(self.contract))
            done = True
        except DomainError:
            pass
        assert done is may
        if done:
            self._moved("accepted")
        self.compare()

    @rule(declined=st.booleans())
    def take_back(self, *, declined: bool) -> None:
        opened = self.calendar.opened
        move = VersionMove.DECLINE if declined else VersionMove.WITHDRAW
        may = self._version_may(move, ContractMove.TAKE_BACK) and opened is not None and opened.state != "draft"
        if self.tried("take_back", ContractReturn("再谈谈", declined=declined, version=self.contract.version), may=may):
            self._moved("draft")

    @rule()
    def discard(self) -> None:
        opened, before = self.calendar.opened, self.calendar.state
        may = opened is not None and opened.state == "draft"
        if self.tried("discard", self.contract.version, may=may):
            self.calendar.opened = None
            self.calendar.state = "discarded" if before == "draft" else before

    @rule(go_on=st.booleans())
    def activate(self, *, go_on: bool) -> None:
        """Also by all the steps before: chance alone seldom comes far."""
        if go_on:
            self.offer()
            self.accept()
        calendar, opened = self.calendar, self.calendar.opened
        running = calendar.state in RUNNING
        may = self._version_may(VersionMove.BRING_INTO_FORCE, ContractMove.ACTIVATE)
        shortened = running and calendar.until < calendar.agreed_end
        if opened is not None and shortened and opened.begins >= calendar.until:
            may = False
        if not self.tried("activate", self.contract.version, may=may, compared=False):
            return
        assert opened is not None
        kept = {day: price for day, price in calendar.prices.items() if day < opened.begins}
        days = (opened.ends - opened.begins).days
        calendar.prices = kept | {opened.begins + A_DAY * number: opened.price for number in range(days)}
        calendar.until = calendar.until if running and opened.ends == calendar.agreed_end else opened.ends
        calendar.agreed_end, calendar.opened = opened.ends, None
        calendar.state = calendar.state if running else "active"
        self.compare()

    @rule(day=LATER)
    def amend(self, day: date) -> None:
        calendar = self.calendar
        may = calendar.state in RUNNING and calendar.opened is None and FIRST_DAY <= day < calendar.until
        if self.tried("amend", ContractAmend(day, "调价", self.contract.version), may=may):
            calendar.opened = Opened("draft", calendar.costs(day), day, self._end_on(day))

    @rule()
    def renew(self) -> None:
        calendar = self.calendar
        may = calendar.state in RUNNING and calendar.opened is None
        if self.tried("renew", self.contract.version, may=may):
            last = calendar.until - A_DAY
            begins = self._end_on(last)
            calendar.opened = Opened("draft", calendar.costs(last), begins, months_after(begins, 12))

    @rule()
    def suspend(self) -> None:
        if self.tried("suspend", ContractSuspend("装修", self.contract.version), may=self.calendar.state == "active"):
            self.calendar.state = "suspended"
            self.calendar.rests.append((self.today, date.max))
            self.compare()

    @rule()
    def resume(self) -> None:
        if self.tried("resume", self.contract.version, may=self.calendar.state == "suspended"):
            self.calendar.state = "active"
            self._end_rest(self.today)
            self.compare()

    @rule(last=LATER, seldom=st.integers(0, 3))
    def end(self, last: date, seldom: int) -> None:
        calendar = self.calendar
        if seldom and last <= self.today:
            return
        may = calendar.state in RUNNING and FIRST_DAY <= last < calendar.until
        if not self.tried("end", ContractEnd(last, "客户搬迁", self.contract.version), may=may, compared=False):
            return
        calendar.until = last + A_DAY
        if calendar.until <= self.today:
            calendar.state, calendar.opened = "ended", None
            self._end_rest(calendar.until)
        self.compare()

    @rule()
    def a_day_passes(self) -> None:
        if self.today < TODAY + A_DAY * 20:
            self.clock.advance(A_DAY)
            self.today += A_DAY

    # --- doing and comparing ------------------------------------------------------------------

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Do `work` on the test's loop; the machine runs in a thread beside it."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result()

    def tried(self, name: str, argument: object, *, may: bool, compared: bool = True) -> bool:
        try:
            self.contract = self.run(self.contracts.call(name, self.contract.id, argument))
        except DomainError:
            assert not may, f"{name} was refused"
            self.compare()
            return False
        assert may, f"{name} was done"
        return True

    def compare(self) -> None:
        """The rows say what the calendar says."""
        stored = self.run(self.contracts.call("get", self.contract.id))
        versions = self.run(self.contracts.call("versions", self.contract.id))
        calendar, opened = self.calendar, self.calendar.opened
        assert stored.state == calendar.state
        open_states = [each.state for each in versions if each.state in ("draft", "offered", "accepted")]
        assert open_states == ([opened.state] if opened else [])
        assert [each.number for each in versions] == list(range(len(versions), 0, -1))
        assert sum(each.state == "in_force" for each in versions) == (calendar.state in (*RUNNING, "ended"))
        if stored.number and stored.number not in self.numbers:
            self.numbers.append(stored.number)
        for day in (FIRST_DAY - A_DAY, FIRST_DAY, self.today, date(2027, 1, 1), date(2027, 3, 1), date(2027, 10, 31)):
            held = self.run(self.contracts.on(stored.id, day))
            line = held.terms.lines[0] if held else None
            assert (str(line.amount) if isinstance(line, Retainer) else "") == calendar.costs(day), day
            covering = [each.contract_id for each in self.run(self.contracts.in_force(day))]
            assert (stored.id in covering) is calendar.covers(day), day

    def teardown(self) -> None:
        assert self.numbers == [f"HT-2026-{number:06d}" for number in range(1, len(self.numbers) + 1)]

    def _version_may(self, version_move: VersionMove, move: ContractMove) -> bool:
        opened = self.calendar.opened
        if opened is None or not VERSION_MACHINE.allows(version_move, opened.state):
            return False
        return self.calendar.state in RUNNING or CONTRACT_MACHINE.allows(move, self.calendar.state)

    def _moved(self, state: str) -> None:
        assert self.calendar.opened is not None
        self.calendar.opened.state = state
        if self.calendar.state not in RUNNING:
            self.calendar.state = state
        self.compare()

    def _end_on(self, day: date) -> date:
        """The end of the term that was agreed for a day."""
        held = self.run(self.contracts.call("versions", self.contract.id))
        agreed = [each for each in held if each.state in ("in_force", "replaced")]
        found = next(
            each for each in agreed if each.effective_from <= day and (each.until_day is None or day < each.until_day)
        )
        end: date = found.terms.term.end
        return end

    def _end_rest(self, day: date) -> None:
        rests = [(first, min(after, day) if after == date.max else after) for first, after in self.calendar.rests]
        self.calendar.rests = [(first, after) for first, after in rests if first < after]


@pytest.mark.slow(90, "thirty contracts, each with up to twenty-five commands that are compared")
async def test_every_order_of_commands_leaves_what_the_calendar_says(
    runtime: Runtime, network: Network, clock: SettableClock
) -> None:
    clock.set(START)
    partner = await network.partner()
    ContractMachine.contracts = Contracts(runtime.units_of_work, partner, await network.client(partner))
    ContractMachine.clock, ContractMachine.loop = clock, asyncio.get_running_loop()
    ContractMachine.numbers = []
    effort = settings(
        max_examples=30,
        stateful_step_count=25,
        deadline=None,
        phases=(Phase.generate,),  # a shorter story of the same fault takes minutes of the database to find
        suppress_health_check=list(HealthCheck),
    )
    await asyncio.to_thread(run_state_machine_as_test, ContractMachine, settings=effort)

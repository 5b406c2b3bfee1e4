"""What machines of billing share: a company with two clients whose books are checked after every command."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, run_state_machine_as_test

from app.people.approvals import Verdict, decide
from app.platform.kernel.actor import Actor
from app.platform.kernel.errors import DomainError
from app.platform.kernel.time_source import SettableClock
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.invoicing.schemas import CreditNoteRequestCreate, InvoiceView, LineCredit
from billing.invoicing.services.credit_notes import CREDIT_NOTE_APPROVAL, CreditNotes
from tests.conftest import START
from tests.factories.network import ClientCompany
from tests.invoicing.billing_records import BillingRecords
from tests.invoicing.conftest import Finance, Item, company_that_invoices

T = TypeVar("T")
Command = Callable[[UnitOfWork], Awaitable[object]]


@dataclass
class Scene:
    """Where companies are made; every run of a machine makes one of its own."""

    runtime: Any
    network: Any
    clock: SettableClock
    loop: asyncio.AbstractEventLoop

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do `work` on the test's loop; the machine runs in a thread beside it."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result()


class BillingMachine(RuleBasedStateMachine):
    """A command is done, or refused and nothing has changed; the books agree in either case."""

    scene: ClassVar[Scene]
    finance: Finance
    clients: list[ClientCompany]
    records: BillingRecords

    @initialize()
    def begin(self) -> None:
        self.scene.clock.set(START)
        self.scene.run(self._begin())

    async def _begin(self) -> None:
        self.finance = await company_that_invoices(self.scene.runtime, self.scene.network)
        branch = await self.scene.network.client(self.finance.partner, "厦门第九中学")
        self.clients = [self.finance.client, branch]
        await self.prepared()
        self.records = await self._read()
        self.records.check()

    async def prepared(self) -> None:
        """What is there before the first command."""

    async def _read(self) -> BillingRecords:
        return await BillingRecords.read(self.finance.units_of_work, self.finance.partner)

    @property
    def writer(self) -> Actor:
        return self.finance.writer

    @property
    def owner(self) -> Actor:
        return self.finance.partner.owner

    def do(self, actor: Actor, command: Command, expected: bool | None = None) -> bool:
        """Try the command in a transaction of its own and check the books; `expected`: whether it must be done."""
        return self.attempt(self._in_transaction(actor, command), expected)

    def attempt(self, work: Coroutine[Any, Any, object], expected: bool | None = None) -> bool:
        """The same with something that opens its transactions itself."""
        done = self.scene.run(self._attempt(work))
        assert expected is None or done is expected
        return done

    async def _attempt(self, work: Coroutine[Any, Any, object]) -> bool:
        refused = False
        try:
            await work
        except DomainError:
            refused = True
        after = await self._read()
        after.check()
        if refused:
            assert after.differs_in(self.records) == [], "refused, and yet something has changed"
        self.records = after
        return not refused

    async def _in_transaction(self, actor: Actor, command: Command) -> object:
        async with self.finance.units_of_work.begin(actor) as work:
            return await command(work)

    def days_pass(self, days: int) -> None:
        """Never into the next year, whose numbers begin anew."""
        if self.scene.clock.now() < START + timedelta(days=30):
            self.scene.clock.advance(timedelta(days=days))

    async def invoiced(self, amounts: Sequence[int], client: ClientCompany) -> InvoiceView:
        """An invoice of these lines."""
        return await self.finance.issue(await self.finance.draft([Item(amount) for amount in amounts], client))

    async def given_back(self, invoice_id: UUID, gross: int | None, *, approved: bool = True) -> None:
        """A credit note over the whole rest, or over so much of the first line that has something left."""
        async with self.finance.units_of_work.begin(self.writer) as work:
            notes = CreditNotes(work)
            left = [line for line in await notes.lines_left(invoice_id) if line.left > 0]
            parts = (LineCredit(left[0].id, gross),) if gross is not None and left else ()
            asked = await notes.request(invoice_id, CreditNoteRequestCreate("多算了", parts))
            verdict = Verdict.APPROVE if approved else Verdict.DECLINE
        async with self.finance.units_of_work.begin(self.owner) as work:
            await decide(work, CREDIT_NOTE_APPROVAL, asked.id, verdict, reason="" if approved else "没有多算")


async def play(machine: type[BillingMachine], scene: Scene, *, examples: int = 30, steps: int = 30) -> None:
    """Try the machine in a thread beside the test's loop, the same way each time."""
    machine.scene = scene
    effort = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        phases=(Phase.generate,),  # a shorter story of the same fault takes minutes of the database to find
        suppress_health_check=list(HealthCheck),
    )
    await asyncio.to_thread(run_state_machine_as_test, machine, settings=effort)


def chosen(rows: Iterable[T], choice: int, lively: Callable[[T], bool] = lambda _: True) -> T | None:
    """One of them, in three of four cases one of the lively ones: of which something can still become. None where
    there is none."""
    every = list(rows)
    alive = [row for row in every if lively(row)] if choice % 4 else every
    among = alive or every
    return among[choice // 4 % len(among)] if among else None

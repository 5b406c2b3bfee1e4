"""A ticket that no contract covers, by a name that one finds: from the hot-line over the quote to the charge."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from app.agreements.sla import Impact, Urgency
from app.demo.onboarding import Client, Partner
from app.demo.sample_data import Fault
from app.demo.ticket_simulation import SimulatedTicket, Step, TicketSimulation
from app.desk.tickets import Channel, TicketCreate, TicketCreation, Triage, TriageService, VisitService

SUBJECT: Final = "先报价再做：新同事的办公软件培训"
_FAULT: Final = Fault(
    "software",
    SUBJECT,
    "来了六位新同事，想请你们上门讲一次表格和邮箱。合同里没有培训这一项。",
    "training",
    "office_software",
    "low",
    "low",
    "合同不含培训",
    "讲解表格、邮箱和共享文件夹，每人练习一遍，留下讲义。",
    90,
    (),
)
_FIRST_MORNING: Final = timedelta(days=1, hours=1)


def schedule_quoted_ticket(daily: TicketSimulation, partner: Partner, first_day: datetime) -> None:
    """For the partner's first client, on the second morning: so its charge stands on an invoice by now."""
    morning = first_day.astimezone(UTC) + _FIRST_MORNING
    daily.at(morning, partial(_report, daily, partner, partner.clients[0]))


async def _report(daily: TicketSimulation, partner: Partner, client: Client) -> None:
    """By telephone: the hot-line sees at once that it is to be quoted."""
    async with daily.units_of_work.begin(partner.dispatcher) as work:
        wanted = TicketCreate(
            subject=SUBJECT,
            client_id=client.id,
            description=_FAULT.description,
            symptom=_FAULT.symptom,
            impact=Impact(_FAULT.impact),
            urgency=Urgency(_FAULT.urgency),
        )
        created = await TicketCreation(work).create(wanted, Channel.HOT_LINE)
    QuotedTicket(daily, partner, client, _FAULT, created.id, None).begin()


@dataclass
class QuotedTicket(SimulatedTicket):
    """Takes the straight way, and no chances from the other tickets."""

    def __post_init__(self) -> None:
        self.units_of_work = self.daily.units_of_work
        self.rng = random.Random(1)  # noqa: S311 - repeatable on purpose
        self.engineer = self.partner.engineers[0]

    def begin(self) -> None:
        """Queue the triage."""
        self._then(10, self.triage)

    async def triage(self) -> None:
        """What it is about, which nobody's contract names."""
        async with self.units_of_work.begin(self.partner.dispatcher) as work:
            about = Triage(
                _FAULT.service_category, _FAULT.product_category, Impact(_FAULT.impact), Urgency(_FAULT.urgency)
            )
            await TriageService(work).triage(self.ticket_id, about)
        self._then(30, self.quote)

    async def quote(self) -> None:
        """Quoted, and approved by the client, before anybody goes there."""
        await self.settle_billing()
        self._then(30, self.assign)

    async def settle_billing(self) -> str:
        """Whatever needs a quote has one; a second one is asked of nobody."""
        if not self.attempts:
            self.attempts = 1
            await self.daily.quotes.approved_for(self.partner, self.client, self.ticket_id, SUBJECT)
        return ""

    async def accept(self) -> None:
        """Accept the visit."""
        async with self.units_of_work.begin(self.engineer) as work:
            await VisitService(work).accept(self._visit)
        self._then(20, self.depart)

    async def arrive(self) -> None:
        """Arrive, and do it."""
        async with self.units_of_work.begin(self.engineer) as work:
            await VisitService(work).arrive(self._visit)
        self._then(_FAULT.minutes, self.resolve)

    def schedule_answer(self) -> None:
        """The client confirms."""
        self._then(60, self.confirm)

    def _then(self, minutes: int, step: Step) -> None:
        self.daily.at(self.daily.simulation.clock.now() + timedelta(minutes=minutes), step)

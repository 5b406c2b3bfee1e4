"""Recomputing the clocks of open tickets after a change of service terms, in batches (S3)."""

from datetime import datetime

from app.agreements.sla import Priority, TermsChanged, TermsInForce, affected_clients
from app.desk.tickets import repository
from app.desk.tickets.models import Ticket
from app.desk.tickets.workflow.workflow import Workflow, ticket_reference
from app.platform.kernel.unit_of_work import UnitOfWork

AT_ONCE = 100
"""Tickets recomputed in one transaction."""


class TermsChange:
    """Applies a change of policy, calendar or assignment to open tickets."""

    def __init__(self, work: UnitOfWork) -> None:
        self.work = work
        self.workflow = Workflow(work)
        self._in_force = TermsInForce(work.session, work.tenant_id)

    async def carry_over(self, change: TermsChanged) -> None:
        """Recompute the next batch after the ticket id `change.after`; the rest follows with a new event."""
        condition = affected_clients(Ticket.client_id, change)
        tickets = await repository.open_tickets(self.work.session, condition, change.after, AT_ONCE)
        for ticket in tickets:
            await self._carry_over(ticket)
        if len(tickets) == AT_ONCE:
            self.work.publish(
                TermsChanged(
                    policy_id=change.policy_id,
                    calendar_id=change.calendar_id,
                    client_id=change.client_id,
                    after=tickets[-1].id,
                )
            )

    async def _carry_over(self, ticket: Ticket) -> None:
        terms = await self._in_force.of(ticket.client_id)
        if terms is None or terms.versions == (ticket.policy_version_id, ticket.calendar_version_id):
            return
        due_before = ticket.due_at
        pending = await self.workflow.pending(ticket)
        await self.workflow.clocks.recompute(ticket_reference(ticket), terms, Priority(ticket.priority), pending)
        ticket.policy_version_id, ticket.calendar_version_id = terms.versions
        await self.workflow.set_due(ticket)
        if ticket.due_at != due_before:
            self.workflow.line(ticket, "terms", before=_stamp(due_before), after=_stamp(ticket.due_at))
        self.workflow.changed(ticket, "terms")


def _stamp(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()

"""Logging a call to the hot-line: ticket, classification and dispatch in one transaction (T1)."""

from uuid import UUID

import msgspec

from app.desk.hot_line.unknown_callers import UnknownCallers
from app.desk.tickets import (
    Assignment,
    Channel,
    DispatchService,
    TicketCreate,
    TicketCreated,
    TicketCreation,
    Triage,
    TriageService,
)
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission


class Call(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A call as the operator enters it. With `classified` the ticket is triaged at once, with an `assignment` a visit
    is planned."""

    fault: TicketCreate
    caller_id: UUID | None = None
    """The employee who calls, as whose ticket it is stored."""
    classified: bool = True
    assignment: Assignment | None = None


class HotLineService:
    """Logs calls for the operator."""

    def __init__(self, work: UnitOfWork) -> None:
        self.work = work

    async def log(self, call: Call, stranger_id: UUID | None = None) -> TicketCreated:
        """Make the ticket, and go as far as the operator could while on the telephone. `stranger_id` is the unknown
        caller whose call it was: they wait no longer.

        Raises:
            NotFound: the device, client or caller does not exist for this actor, or the unknown caller waits no longer;
                then no ticket is made.
            NoServiceTerms: the client has no service level.
            UnknownEngineer, ImpossibleWindow: of the assignment; then no ticket is made either.
        """
        self.work.actor.require(Permission.TICKET_TRIAGE)
        if stranger_id is not None:
            await UnknownCallers(self.work).find(stranger_id)
        fault = call.fault
        made = await TicketCreation(self.work).create(fault, Channel.HOT_LINE, caller_id=call.caller_id)
        if call.classified:
            await TriageService(self.work).triage(
                made.id, Triage(fault.service_category, fault.product_category, fault.impact, fault.urgency)
            )
        if call.assignment is not None:
            await DispatchService(self.work).assign(made.id, call.assignment)
        if stranger_id is not None:
            await UnknownCallers(self.work).settle(stranger_id, made.id)
        return made

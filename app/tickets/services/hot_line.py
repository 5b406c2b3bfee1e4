"""A call is logged while the caller talks: report, classification and dispatch in one go, or none of it (T1)."""

from uuid import UUID

import msgspec

from app.kernel.work import UnitOfWork
from app.tickets.schemas import Assignment, TicketCreate, TicketCreated, Triage
from app.tickets.services.course import CourseService
from app.tickets.services.dispatch import DispatchService
from app.tickets.services.reporting import Channel, ReportingService
from rbac import Permission


class Call(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the operator takes down. `classified` says that the operator judged the fault, so that triage is done;
    with an `assignment` an engineer is sent at once."""

    fault: TicketCreate
    caller_id: UUID | None = None
    """The employee who calls: the ticket is theirs, so that they see it among their own."""
    classified: bool = True
    assignment: Assignment | None = None


class HotLineService:
    """The operator's side of a call."""

    def __init__(self, work: UnitOfWork) -> None:
        self.work = work

    async def log(self, call: Call) -> TicketCreated:
        """Make the ticket, and go as far as the operator could while on the telephone.

        Raises:
            NotFound: the device, client or caller does not exist for this actor.
            NoServiceTerms: the client has no service level.
            UnknownEngineer, ImpossibleWindow: of the assignment; then no ticket is made either.
        """
        self.work.actor.require(Permission.TICKET_TRIAGE)
        fault = call.fault
        made = await ReportingService(self.work).report(fault, Channel.HOT_LINE, caller_id=call.caller_id)
        if call.classified:
            await CourseService(self.work).triage(
                made.id, Triage(fault.service_category, fault.product_category, fault.impact, fault.urgency)
            )
        if call.assignment is not None:
            await DispatchService(self.work).assign(made.id, call.assignment)
        return made

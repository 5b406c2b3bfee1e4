"""Access to a visit: one rule for its steps, forms, files and reports."""

from uuid import UUID

from app.desk.tickets import repository
from app.desk.tickets.models import Visit
from app.platform.kernel.actor import Actor
from app.platform.kernel.errors import NotFound
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission


async def visit_of_worker(work: UnitOfWork, visit_id: UUID, *, locked: bool = True) -> Visit:
    """The visit, if it is the actor's own or the actor dispatches.

    Raises:
        Forbidden: the actor neither works on visits nor dispatches.
        NotFound: it does not exist, or is another engineer's.
    """
    dispatching = work.actor.may(Permission.TICKET_ASSIGN)
    if not dispatching:
        work.actor.require(Permission.VISIT_WORK)
    found = await repository.visit(work.session, visit_id, locked=locked)
    if found is None or (not dispatching and not _is_own(found, work.actor)):
        raise NotFound
    return found


def _is_own(visit: Visit, actor: Actor) -> bool:
    return visit.engineer_id is not None and visit.engineer_id == actor.engineer_id

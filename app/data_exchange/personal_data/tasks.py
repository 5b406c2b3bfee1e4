"""Background work of personal data."""

from collections.abc import Sequence
from uuid import UUID

from app.data_exchange.personal_data.services.erasure import erase_person
from app.platform.background import Sweeps
from app.platform.kernel.database import session_factory
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWorkFactory

sweeps = Sweeps()


@sweeps.on(DueKind.PERSON_ERASURE)
async def erase_people(runtime: Runtime, tenant_id: UUID, subject_ids: Sequence[UUID]) -> None:
    """Carry out requested erasures."""
    for request_id in subject_ids:
        await erase_person(owner_works(runtime), tenant_id, request_id)


def owner_works(runtime: Runtime) -> UnitOfWorkFactory:
    """Units of work as the role that owns the tables, inside one tenant's context."""
    return UnitOfWorkFactory(session_factory(runtime.engine("owner")), runtime.clock, runtime.ids)

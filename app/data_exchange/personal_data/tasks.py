"""Background work of personal data."""

from collections.abc import Sequence
from uuid import UUID

from app.data_exchange.personal_data.services.company_erasure import erase_company
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


@sweeps.on(DueKind.CLIENT_ERASURE)
async def erase_companies(runtime: Runtime, tenant_id: UUID, subject_ids: Sequence[UUID]) -> None:
    """Carry out requests to forget clients' companies."""
    for erasure_id in subject_ids:
        await erase_company(owner_works(runtime), runtime.engine("signin"), tenant_id, erasure_id)


def owner_works(runtime: Runtime) -> UnitOfWorkFactory:
    """Units of work as the role that owns the tables, inside one tenant's context."""
    return UnitOfWorkFactory(session_factory(runtime.engine("owner")), runtime.clock, runtime.ids)

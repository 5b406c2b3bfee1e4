"""What of data recovery has to end before a client or one of its people is forgotten, and what goes with it."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, delete, exists, func, select

from app.platform.kernel.client_company import Company, OpenMatter
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.data_recovery.models import RecoveredFile, RecoveryCase
from billing.data_recovery.permissions import RecoveryPermission
from billing.data_recovery.states import OVER


def _cases(client_id: UUID, _: datetime) -> Select[Any]:
    return select(func.count(RecoveryCase.id)).where(
        RecoveryCase.client_id == client_id, RecoveryCase.state.not_in(OVER)
    )


CASES: Final = OpenMatter(
    tables=("recovery_case",),
    label=N_("没有结案的数据恢复"),
    count=_cases,
    href="/workspace/recoveries?client={client}",
    permission=RecoveryPermission.RECOVERY_CASE_READ,
)


async def has_open_case(work: UnitOfWork, client_id: UUID, employee_id: UUID) -> bool:
    """Whether the person's data is being recovered: it is finished, or stopped, before they are forgotten."""
    found = await work.session.scalar(
        select(
            exists().where(
                RecoveryCase.client_id == client_id,
                RecoveryCase.employee_id == employee_id,
                RecoveryCase.state.not_in(OVER),
            )
        )
    )
    return bool(found)


async def forget_files(company: Company) -> int:
    """The names of the client's files are gone."""
    return await company.count(delete(RecoveredFile).where(*company.own(RecoveredFile)))

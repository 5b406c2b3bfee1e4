"""What somebody is still asked to decide about a client."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, func, select

from app.people.approvals.models import Approval
from app.people.approvals.states import WAITING
from app.platform.kernel.client_company import OpenMatter
from app.platform.kernel.texts import N_


def _approvals(client_id: UUID, _: datetime) -> Select[Any]:
    return select(func.count(Approval.id)).where(Approval.client_id == client_id, Approval.state.in_(WAITING))


APPROVALS: Final = OpenMatter(tables=("approval",), label=N_("等待答复的审批"), count=_approvals)

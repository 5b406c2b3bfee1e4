"""What of the security service has to end before a client's company is forgotten."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, func, select

from app.desk.security.models import SecurityFinding
from app.desk.security.permissions import SecurityPermission
from app.desk.security.states import FindingState
from app.platform.kernel.client_company import OpenMatter
from app.platform.kernel.texts import N_


def _findings(client_id: UUID, _: datetime) -> Select[Any]:
    return select(func.count(SecurityFinding.id)).where(
        SecurityFinding.client_id == client_id, SecurityFinding.state == FindingState.OPEN
    )


FINDINGS: Final = OpenMatter(
    tables=("security_finding",),
    label=N_("没有处理的安全问题"),
    count=_findings,
    href="/workspace/security?client={client}",
    permission=SecurityPermission.SECURITY_WEEK_READ,
)

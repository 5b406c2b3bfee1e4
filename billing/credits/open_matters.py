"""Credits that somebody is still to decide."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, func, select

from app.platform.kernel.client_company import OpenMatter
from app.platform.kernel.texts import N_
from billing.credits.models import ServiceCredit
from billing.credits.permissions import CreditPermission
from billing.credits.states import CreditState


def _credits(client_id: UUID, _: datetime) -> Select[Any]:
    return select(func.count(ServiceCredit.id)).where(
        ServiceCredit.client_id == client_id, ServiceCredit.state == CreditState.PROPOSED
    )


CREDITS: Final = OpenMatter(
    tables=("service_credit",),
    label=N_("等待审批的服务赔付"),
    count=_credits,
    href="/workspace/credits?client={client}",
    permission=CreditPermission.SERVICE_CREDIT_READ,
)

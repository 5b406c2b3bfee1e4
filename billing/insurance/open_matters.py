"""What of insurance has to end before a client's company is forgotten."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, func, select

from app.platform.kernel.client_company import OpenMatter
from app.platform.kernel.texts import N_
from billing.insurance.models import InsurancePolicy
from billing.insurance.permissions import InsurancePermission
from billing.insurance.states import OPEN


def _policies(client_id: UUID, _: datetime) -> Select[Any]:
    return select(func.count(InsurancePolicy.id)).where(
        InsurancePolicy.client_id == client_id, InsurancePolicy.state.in_(OPEN)
    )


POLICIES: Final = OpenMatter(
    tables=("insurance_policy",),
    label=N_("没有终止的保单"),
    count=_policies,
    href="/workspace/insurance?client={client}",
    permission=InsurancePermission.INSURANCE_POLICY_READ,
)

"""What a client owes, or is owed, that is on no invoice yet."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, exists, func, not_, or_, select
from sqlalchemy.orm import aliased

from app.platform.kernel.client_company import OpenMatter
from app.platform.kernel.texts import N_
from billing.rating.claims import is_claimed
from billing.rating.models import Charge, ChargeMark
from billing.rating.permissions import RatingPermission
from billing.rating.vocabulary import MarkKind


def _charges(client_id: UUID, _: datetime) -> Select[Any]:
    """Left out is what comes to nothing: waived, and pairs of which neither was billed."""
    original, taken_back = aliased(Charge), aliased(Charge)
    waived = exists().where(
        ChargeMark.tenant_id == Charge.tenant_id,
        ChargeMark.charge_id == func.coalesce(Charge.reverses_id, Charge.id),
        ChargeMark.kind == MarkKind.GOODWILL,
        ChargeMark.lifted_at.is_(None),
    )
    cancelled = exists().where(taken_back.tenant_id == Charge.tenant_id, taken_back.reverses_id == Charge.id)
    of_unbilled = exists().where(
        original.tenant_id == Charge.tenant_id, original.id == Charge.reverses_id, not_(is_claimed(original.id))
    )
    return select(func.count(Charge.id)).where(
        Charge.client_id == client_id,
        Charge.amount != 0,
        not_(is_claimed(Charge.id)),
        not_(waived),
        or_(Charge.reverses_id.is_not(None), not_(cancelled)),
        or_(Charge.reverses_id.is_(None), not_(of_unbilled)),
    )


CHARGES: Final = OpenMatter(
    tables=("charge",),
    label=N_("没有开进账单的费用（含有争议的）"),
    count=_charges,
    href="/workspace/charges?client={client}",
    permission=RatingPermission.CHARGE_READ,
)

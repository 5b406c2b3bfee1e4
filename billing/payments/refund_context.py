"""What the page of a payment shows of its refunds."""

from typing import Any
from uuid import UUID

from app.platform.http.authentication import actor_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.payments.permissions import RefundPermission
from billing.payments.refund_states import REFUND_FAILURE_NAMES, REFUND_STATE_NAMES, REFUND_TONES
from billing.payments.services import Refunds


async def refunds_of(request: WebRequest, work: UnitOfWork, payment_id: UUID) -> dict[str, Any]:
    """What the page shows of refunds: nothing to whoever may not read them."""
    actor = actor_of(request)
    if not actor.may(RefundPermission.REFUND_READ):
        return {"refunds": [], "refundable": 0, "may_refund": False}
    refunds = Refunds(work)
    given_back = await refunds.of_payment(payment_id)
    may_decide = actor.may(RefundPermission.REFUND_DECIDE) and not actor.read_only
    return {
        "refunds": given_back,
        "refundable": await refunds.refundable(payment_id),
        "outgoing": {each.id: await refunds.outgoing(each) for each in given_back},
        "refund_failure_names": REFUND_FAILURE_NAMES,
        "refund_state_names": REFUND_STATE_NAMES,
        "refund_tones": REFUND_TONES,
        "may_refund": actor.may(RefundPermission.REFUND_WRITE) and not actor.read_only,
        "may_decide": may_decide,
        "alone": may_decide and await refunds.alone(),
        "me": actor.membership_id,
    }

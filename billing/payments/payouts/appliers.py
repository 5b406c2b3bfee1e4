"""What the payment provider tells of payouts, applied as it is now."""

from app.platform.kernel.unit_of_work import UnitOfWork
from billing.gateway import GatewayPayout
from billing.payments.payouts.service import Payouts


async def apply_payout(work: UnitOfWork, payout: GatewayPayout) -> None:
    """What is paid out is at the bank, once; what came back is not."""
    await Payouts(work).told(payout)

"""The table of what the payment provider was asked for."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.kernel.model import Isolation, TenantModel
from billing.payments.models import GATEWAY_ID_LENGTH

ADDRESS_LENGTH = 300


class CheckoutPage(TenantModel):
    """The page that the provider was asked for, stored before it hears of it: asked again under the same key it is the
    same wish, whatever the settings are by then. `id` is the checkout's; what headquarters keep is no client's
    business."""

    __tablename__ = "checkout_page"
    __isolation__ = Isolation.PROVIDER
    __append_only__ = True
    __table_args__ = (CheckConstraint("application_fee >= 0", name="application_fee"),)

    account_id: Mapped[str] = mapped_column(String(GATEWAY_ID_LENGTH))
    """In whose account at the provider."""
    application_fee: Mapped[int] = mapped_column(BigInteger)
    """What headquarters want to keep, in the checkout's currency."""
    return_address: Mapped[str] = mapped_column(String(ADDRESS_LENGTH))
    """Where the page leads back to."""
    asked_at: Mapped[datetime]

"""Asking the payment provider for the page of a checkout: one stored wish under one key."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.platform.kernel.settings import Settings
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.gateway import CheckoutRequest, CheckoutSession, PaymentGateway
from billing.money import Money
from billing.payments.checkouts.models import CheckoutPage
from billing.payments.models import Checkout

OPEN_FOR: Final = timedelta(hours=23)
"""Shorter than the day for which the provider keeps our keys."""
RETURN: Final = "/online-payments/returned"
"""Where the provider's page leads back to, whoever came from where: the same wish under one key."""
_WHOLE: Final = 4
"""Basis points are ten-thousandths."""


class AskedPage(msgspec.Struct, frozen=True):
    """What the provider is asked for, and in whose account."""

    account_id: str
    request: CheckoutRequest
    key: str

    async def ask(self, gateway: PaymentGateway) -> CheckoutSession:
        """The page: a new one, or the one of the first time.

        Raises:
            GatewayRefused, GatewayUnreachable
        """
        return await gateway.create_checkout(self.account_id, self.request, self.key)


async def want_page(work: UnitOfWork, settings: Settings, checkout_id: UUID, account_id: str) -> AskedPage:
    """Store what will be asked for, unless it is stored; what is asked for."""
    amount = await work.session.execute(select(Checkout.amount, Checkout.currency).where(Checkout.id == checkout_id))
    share = Decimal(settings.application_fee_basis_points).scaleb(-_WHOLE)
    values = {
        "tenant_id": work.tenant_id,
        "id": checkout_id,
        "account_id": account_id,
        "application_fee": Money(*amount.one()).times(share).minor,
        "return_address": f"{settings.public_url.rstrip('/')}{RETURN}",
        "asked_at": work.now,
    }
    stored = insert(CheckoutPage).values(values).on_conflict_do_nothing(index_elements=["tenant_id", "id"])
    await work.session.execute(stored)
    return await _page(work, checkout_id)


async def wanted_page(work: UnitOfWork, checkout_id: UUID) -> AskedPage | None:
    """What was asked for; None: the provider has never heard of the checkout."""
    known = await work.session.scalar(select(CheckoutPage.id).where(CheckoutPage.id == checkout_id))
    return None if known is None else await _page(work, checkout_id)


async def _page(work: UnitOfWork, checkout_id: UUID) -> AskedPage:
    rows = await work.session.execute(
        select(Checkout, CheckoutPage)
        .join(CheckoutPage, (CheckoutPage.tenant_id == Checkout.tenant_id) & (CheckoutPage.id == Checkout.id))
        .where(Checkout.id == checkout_id)
    )
    checkout, page = rows.one()
    return AskedPage(
        page.account_id,
        CheckoutRequest(
            amount=Money(checkout.amount, checkout.currency),
            application_fee=Money(page.application_fee, checkout.currency),
            reference=str(checkout.id),
            description=", ".join(number for _, number, _ in checkout.documents),
            success_url=page.return_address,
            cancel_url=page.return_address,
            expires_at=over_at(checkout.started_at),
        ),
        f"checkout-{checkout.id}",
    )


def over_at(started_at: datetime) -> datetime:
    """When the page of a checkout ends by itself."""
    return started_at + OPEN_FOR

"""The provider's page on which a client pays. The checkout itself is the stored wish: its id is the key under which the
page is asked for, so that whoever asks again, after an answer that got lost, is given the same page."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy import select

from app.platform.kernel.actor import Actor
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.gateway import (
    CheckoutRequest,
    Connections,
    GatewayRefused,
    GatewayUnreachable,
    OnlinePaymentsOff,
    gateway_of,
)
from billing.money import Money
from billing.payments.errors import CheckoutMoveRefused, CheckoutRefused, CheckoutUnanswered, OnlinePaymentsClosed
from billing.payments.models import Checkout
from billing.payments.services.checkouts import Checkouts
from billing.payments.states import CHECKOUT, CheckoutMove

Begin = Callable[[], AbstractAsyncContextManager[UnitOfWork]]
OPEN_FOR: Final = timedelta(hours=23)
"""Shorter than the day for which the provider keeps our keys."""
ASKED_FOR: Final = timedelta(hours=22)
"""A new page lives for half an hour at least."""
RETURN: Final = "/online-payments/returned"
"""Where the provider's page leads back to, whoever came from where: the same wish under one key."""


async def payment_page(runtime: Runtime, begin: Begin, checkout_id: UUID) -> str:
    """The address of the page. `begin` opens a unit of work of whoever asks; nothing is open while the provider is
    spoken with.

    Raises:
        Forbidden: without `checkout:write`.
        NotFound: no such checkout for this actor.
        CheckoutMoveRefused: it is over.
        OnlinePaymentsClosed: the company takes no payments online.
        CheckoutRefused: the provider will not.
        CheckoutUnanswered: it does not answer; asked again it is the same page.
    """
    async with begin() as work:
        checkout = await Checkouts(work).get(checkout_id)
        if not CHECKOUT.allows(CheckoutMove.EXPIRE, checkout.state) or checkout.started_at + ASKED_FOR <= work.now:
            raise CheckoutMoveRefused
        tenant_id = work.tenant_id
    async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
        connection = await Connections(work).current()
        documents = await work.session.scalar(select(Checkout.documents).where(Checkout.id == checkout_id))
    if connection is None or connection.state != "active":
        raise OnlinePaymentsClosed
    amount = Money(checkout.amount, checkout.currency)
    share = Decimal(runtime.settings.application_fee_basis_points).scaleb(-4)
    back = f"{runtime.settings.public_url.rstrip('/')}{RETURN}"
    request = CheckoutRequest(
        amount=amount,
        application_fee=amount.times(share),
        reference=str(checkout.id),
        description=", ".join(number for _, number, _ in documents or ()),
        success_url=back,
        cancel_url=back,
        expires_at=checkout.started_at + OPEN_FOR,
    )
    try:
        async with gateway_of(runtime.settings) as gateway:
            session = await gateway.create_checkout(connection.account_id, request, f"checkout-{checkout.id}")
    except OnlinePaymentsOff as off:
        raise OnlinePaymentsClosed from off
    except GatewayUnreachable as unanswered:
        raise CheckoutUnanswered from unanswered
    except GatewayRefused as refused:
        async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
            await Checkouts(work).end(checkout_id, CheckoutMove.CANCEL)
        raise CheckoutRefused from refused
    async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
        await Checkouts(work).opened(checkout_id, session.id, session.expires_at)
    if session.url is None:
        raise CheckoutMoveRefused
    return session.url

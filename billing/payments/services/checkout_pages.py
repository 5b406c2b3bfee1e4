"""The provider's page on which a client pays. The checkout itself is the stored wish: its id is the key under which the
page is asked for, so that whoever asks again, after an answer that got lost, is given the same page."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Final
from uuid import UUID

from app.platform.kernel.actor import Actor
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.gateway import (
    Connections,
    GatewayRefused,
    GatewayUnreachable,
    OnlinePaymentsOff,
    gateway_of,
)
from billing.payments.checkouts.asking import want_page
from billing.payments.errors import CheckoutMoveRefused, CheckoutRefused, CheckoutUnanswered, OnlinePaymentsClosed
from billing.payments.services.checkouts import Checkouts
from billing.payments.states import CHECKOUT, CheckoutMove

Begin = Callable[[], AbstractAsyncContextManager[UnitOfWork]]
ASKED_FOR: Final = timedelta(hours=22)
"""A new page lives for half an hour at least."""


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
        if connection is None or connection.state != "active":
            raise OnlinePaymentsClosed
        page = await want_page(work, runtime.settings, checkout_id, connection.account_id)
    try:
        async with gateway_of(runtime.settings) as gateway:
            session = await page.ask(gateway)
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

"""Checkouts to which nobody came back: the provider is asked what became of them, and they end.

What is open can be paid by another attempt at any time; but a page that nobody knows the address of, or of whose end
nobody was told, would be open here for ever. May be repeated and cut off at any point: every step asks under the same
key and ends what is not over yet.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import and_, or_, select

from app.platform.kernel.actor import Actor
from app.platform.kernel.logs import log
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.gateway import (
    CheckoutSession,
    GatewayPayment,
    GatewayRefused,
    GatewayUnreachable,
    OnlinePaymentsOff,
    PaymentGateway,
    gateway_of,
)
from billing.gateway import CheckoutState as Told
from billing.payments.appliers import apply_payment
from billing.payments.checkouts.asking import OPEN_FOR, AskedPage, wanted_page
from billing.payments.models import Checkout
from billing.payments.services.checkouts import Checkouts
from billing.payments.states import CheckoutMove, CheckoutState

GONE_AFTER: Final = timedelta(hours=1)
"""Whoever was told that the provider does not answer has tried again by then, or has given up."""
AT_ONCE: Final = 100
_log = log("billing.payments")


class _Left(NamedTuple):
    """A checkout to which nobody came back."""

    id: UUID
    session_id: str | None
    is_over: bool
    """Its page, if there is any, has ended by itself."""


class _Known(NamedTuple):
    """What the provider says of it."""

    session: CheckoutSession | None = None
    payment: GatewayPayment | None = None


async def end_left_alone(runtime: Runtime, tenant_id: UUID) -> int:
    """End the company's checkouts to which nobody came back; how many. Of which the provider says nothing stay for the
    next time."""
    after, ended = UUID(int=0), 0
    while found := await _left_alone(runtime, tenant_id, after):
        after = found[-1].id
        for each in found:
            ended += await _end(runtime, tenant_id, each)
    return ended


async def _left_alone(runtime: Runtime, tenant_id: UUID, after: UUID) -> Sequence[_Left]:
    async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
        rows = await work.session.execute(
            select(Checkout.id, Checkout.session_id, Checkout.started_at)
            .where(
                Checkout.id > after,
                or_(
                    and_(Checkout.state == CheckoutState.OPENING, Checkout.started_at <= work.now - GONE_AFTER),
                    and_(Checkout.state == CheckoutState.OPEN, Checkout.expires_at <= work.now),
                ),
            )
            .order_by(Checkout.id)
            .limit(AT_ONCE)
        )
        return [_Left(row.id, row.session_id, row.started_at <= work.now - OPEN_FOR) for row in rows]


async def _end(runtime: Runtime, tenant_id: UUID, left: _Left) -> bool:
    """Whether it is over now. Nothing is open while the provider is spoken with."""
    async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
        page = await wanted_page(work, left.id)
    known = _Known()
    if page is not None and (left.session_id is not None or not left.is_over):
        try:
            async with gateway_of(runtime.settings) as gateway:
                known = await _asked(gateway, page, left.session_id)
        except (GatewayUnreachable, OnlinePaymentsOff):
            _log.warning("checkout.not_answered", tenant_id=str(tenant_id))
            return False
        except GatewayRefused:
            # The provider knows no such page, or the account is not ours any more: nobody can pay there.
            known = _Known()
    async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
        return await _settle(work, left.id, known)


async def _asked(gateway: PaymentGateway, page: AskedPage, session_id: str | None) -> _Known:
    """What became of the page; one that is still open though nobody knows its address is closed."""
    if session_id is None:
        session = await page.ask(gateway)
        if session.state is Told.OPEN:
            try:
                session = await gateway.expire_checkout(page.account_id, session.id)
            except GatewayRefused:
                # Somebody paid in this moment.
                session = await gateway.fetch_checkout(page.account_id, session.id)
    else:
        session = await gateway.fetch_checkout(page.account_id, session_id)
    if session.state is Told.PAID and session.payment_id is not None:
        return _Known(session, await gateway.fetch_payment(page.account_id, session.payment_id))
    return _Known(session)


async def _settle(work: UnitOfWork, checkout_id: UUID, known: _Known) -> bool:
    if known.payment is not None:
        await apply_payment(work, known.payment)
        return True
    if known.session is not None and known.session.state is not Told.EXPIRED:
        return False
    await Checkouts(work).end(checkout_id, CheckoutMove.EXPIRE)
    return True

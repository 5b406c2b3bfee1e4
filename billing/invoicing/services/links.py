"""Invoices by e-mail: a link for whoever pays without an account, which opens that one invoice and nothing else."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date, timedelta
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.people.identity import kind_of_member, link_rules, new_token, read_recipients, token_hash
from app.platform.documents import Printable
from app.platform.kernel.actor import Actor
from app.platform.kernel.errors import NotFound
from app.platform.kernel.texts import N_, SOURCE_LANGUAGE, translator
from app.platform.kernel.throttle import Throttle
from app.platform.kernel.unit_of_work import Origin, UnitOfWork, UnitOfWorkFactory
from app.platform.notifications import (
    ChannelName,
    EmailAction,
    MemberRecipient,
    Notice,
    OutgoingMessage,
    email_content,
    notify,
    send,
)
from billing.gateway import takes_payments
from billing.invoicing.models import BillingProfile, InvoiceLink
from billing.invoicing.permissions import InvoicePermission
from billing.invoicing.schemas import DepartmentShareView, InvoiceLineView, InvoiceView
from billing.invoicing.services.invoices import Invoices
from rbac import permissions_of
from tenants.company_time import company_day
from tenants.models import OPEN_STATES, Tenant

OPEN_FOR: Final = timedelta(days=180)


class InvoiceLinkClosed(NotFound):
    """The link is wrong or too old."""

    code = "invoice.link_closed"
    text = N_("这个链接已经失效。请让服务商再发一次。")


class LinkedInvoice(msgspec.Struct, frozen=True, kw_only=True):
    """What whoever holds a link sees."""

    company: str
    invoice: InvoiceView
    lines: list[InvoiceLineView]
    shares: list[DepartmentShareView]
    today: date
    pays_online: bool


class LinkHolder(msgspec.Struct, frozen=True):
    """Whoever holds a link: what it is of, and the address that it was sent to."""

    invoice_id: UUID
    email: str


async def tell_payer(work: UnitOfWork, client_id: UUID, invoice_id: UUID, notice: Notice, *, public_url: str) -> None:
    """Tell the client's people who read its invoices, and the address that gets them: where nobody of that address has
    an account, with a link that needs none."""
    readers = await readers_of(work, client_id)
    await notify(work, readers, notice, public_url=public_url)
    address = await work.session.scalar(select(BillingProfile.recipient_email).where(BillingProfile.id == client_id))
    if not address or any(reader.email.lower() == address for reader in readers):
        return
    token = new_token()
    work.session.add(
        InvoiceLink(
            tenant_id=work.tenant_id,
            id=work.new_id(),
            invoice_id=invoice_id,
            token_hash=token_hash(token),
            email=address,
            created_at=work.now,
            expires_at=work.now + OPEN_FOR,
        )
    )
    link = f"{public_url.rstrip('/')}/invoice/{work.tenant_id}/{token}"
    await send(work, _letter(address, notice.text, notice.parameters, notice.reference, link))


async def readers_of(work: UnitOfWork, client_id: UUID) -> Sequence[MemberRecipient]:
    """The client's people who read its invoices."""
    kind = kind_of_member(work.tenant_id, client_id)
    return [
        person.address
        for person in await read_recipients(work, client_id)
        if InvoicePermission.INVOICE_READ in permissions_of(kind, sorted(person.roles))
    ]


def _letter(address: str, text: str, parameters: Mapping[str, object], reference: str, link: str) -> OutgoingMessage:
    translate = translator(SOURCE_LANGUAGE)
    said = translate(text, **parameters)
    lines = [said, translate(N_("打开下面的链接查看和下载，不用账号。"))]
    made = email_content(SOURCE_LANGUAGE, said, lines, EmailAction(translate(N_("查看账单")), link))
    return OutgoingMessage(
        channel=ChannelName.EMAIL,
        address=address,
        subject=made.subject,
        text=made.text,
        html=made.html,
        language=SOURCE_LANGUAGE,
        reference=reference,
    )


class InvoiceLinks:
    """Acts as the tenant that a link names, and looks nothing up there but the link's token and its invoice."""

    def __init__(self, units_of_work: UnitOfWorkFactory, throttle: Throttle) -> None:
        self._units_of_work = units_of_work
        self._throttle = throttle

    async def read(self, tenant_id: UUID, token: str, origin: Origin) -> LinkedInvoice:
        """
        Raises:
            InvoiceLinkClosed, TooManyAttempts, ThrottleUnavailable.
        """
        async with self._opened(tenant_id, token, origin) as (work, link):
            company = await work.session.scalar(select(Tenant.name).where(Tenant.id == tenant_id))
            invoices = Invoices(work)
            return LinkedInvoice(
                company=company or "",
                invoice=await invoices.get(link.invoice_id),
                lines=await invoices.lines(link.invoice_id),
                shares=await invoices.shares(link.invoice_id),
                today=await company_day(work),
                pays_online=await takes_payments(work),
            )

    async def holder(self, tenant_id: UUID, token: str, origin: Origin) -> LinkHolder:
        """
        Raises:
            as `read`.
        """
        async with self._opened(tenant_id, token, origin) as (_, link):
            return LinkHolder(link.invoice_id, link.email)

    async def printable(self, tenant_id: UUID, token: str, origin: Origin) -> Printable:
        """The invoice for drawing.

        Raises:
            as `read`.
        """
        async with self._opened(tenant_id, token, origin) as (work, link):
            work.audit("invoice.downloaded", "invoice", link.invoice_id, link=link.id)
            return await Invoices(work).printable(link.invoice_id)

    @asynccontextmanager
    async def _opened(
        self, tenant_id: UUID, token: str, origin: Origin
    ) -> AsyncIterator[tuple[UnitOfWork, InvoiceLink]]:
        await self._throttle.enforce(link_rules(origin.network))
        async with self._units_of_work.begin(Actor.system(tenant_id), origin) as work:
            link = await work.session.scalar(
                select(InvoiceLink)
                .join(Tenant, Tenant.id == InvoiceLink.tenant_id)
                .where(InvoiceLink.token_hash == token_hash(token), Tenant.state.in_(OPEN_STATES))
            )
            if link is None or link.expires_at <= work.now:
                raise InvoiceLinkClosed
            yield work, link

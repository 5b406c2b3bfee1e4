"""How the company and its clients stand on invoices."""

from collections.abc import Collection, Mapping
from uuid import UUID

import msgspec
from sqlalchemy import exists, select

from app.assets.clients.models import Client
from app.people.identity import account_email
from app.platform.kernel.errors import Invalid, NotFound, StaleVersion
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.invoicing.errors import PayerInvalid, SellerUnknown
from billing.invoicing.models import BillingProfile, SellerProfile
from billing.invoicing.permissions import InvoicePermission
from billing.invoicing.schemas import (
    BillingProfileView,
    BillingProfileWrite,
    FapiaoKind,
    SellerProfileView,
    SellerProfileWrite,
)
from billing.money import Money
from billing.pricebook import ALL_OTHERS
from tenants.models import TenantProfile

COMPANY_CURRENCY = "CNY"
"""Of the limit above which invoices are approved."""
_PARTY = ("title", "tax_number", "address", "phone", "bank_name", "bank_account")


async def seller_of(work: UnitOfWork) -> SellerProfile:
    """
    Raises:
        SellerUnknown: nobody has said how the company stands on its invoices.
    """
    row = await work.session.scalar(select(SellerProfile).where(SellerProfile.id == work.tenant_id))
    if row is None or not row.title or not row.tax_number:
        raise SellerUnknown
    return row


async def billing_profiles(work: UnitOfWork, client_ids: Collection[UUID]) -> Mapping[UUID, BillingProfile]:
    """The profiles of those of these clients that have one."""
    rows = await work.session.scalars(select(BillingProfile).where(BillingProfile.id.in_(client_ids)))
    return {row.id: row for row in rows}


class Profiles:
    """The profiles of the actor's company and its clients.

    Raises:
        Forbidden: without `invoice:read`.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(InvoicePermission.INVOICE_READ)
        self._work = work

    async def seller(self) -> SellerProfileView:
        """The company's own; an empty one before somebody wrote it."""
        row = await self._work.session.scalar(select(SellerProfile).where(SellerProfile.id == self._work.tenant_id))
        name = await self._work.session.scalar(select(TenantProfile.name))
        if row is None:
            row = SellerProfile(
                title=name or "", tax_number="", address="", phone="", bank_name="", bank_account="", payment_days=30,
                reminder_days=[3, 10, 20], tax_items={}, version=0,
            )  # fmt: skip
        limit = row.approval_above
        first, second, third = row.reminder_days
        item = row.tax_items.get(ALL_OTHERS, {})
        return SellerProfileView(
            **{name: getattr(row, name) for name in _PARTY},
            payment_days=row.payment_days,
            approval_above=None if limit is None else Money(limit, COMPANY_CURRENCY).value,
            tax_item_name=item.get("name", ""),
            tax_item_code=item.get("code", ""),
            first_reminder_days=first,
            second_reminder_days=second,
            third_reminder_days=third,
            version=row.version,
        )

    async def write_seller(self, wanted: SellerProfileWrite) -> SellerProfileView:
        """
        Raises:
            Forbidden: without `invoice:write`.
            Invalid: the limit is no amount, or the reminders do not follow each other.
            StaleVersion.
        """
        work = self._work
        work.actor.require(InvoicePermission.INVOICE_WRITE)
        reminders = [wanted.first_reminder_days, wanted.second_reminder_days, wanted.third_reminder_days]
        if sorted(set(reminders)) != reminders:
            raise Invalid(fields={"second_reminder_days": N_("三次提醒要一次比一次晚。")})
        values = {
            **{name: getattr(wanted, name) for name in _PARTY},
            "payment_days": wanted.payment_days,
            "approval_above": _limit(wanted),
            "reminder_days": reminders,
        }
        if bool(wanted.tax_item_name) != bool(wanted.tax_item_code):
            raise Invalid(fields={"tax_item_code": N_("项目名称和税收分类编码要一起填。")})
        item = (
            {ALL_OTHERS: {"name": wanted.tax_item_name, "code": wanted.tax_item_code}} if wanted.tax_item_code else {}
        )
        row = await work.session.get(SellerProfile, (work.tenant_id, work.tenant_id), with_for_update=True)
        if (0 if row is None else row.version) != wanted.version:
            raise StaleVersion
        if row is None:
            work.session.add(
                SellerProfile(tenant_id=work.tenant_id, id=work.tenant_id, tax_items=item, version=1, **values)
            )
        else:
            for name, value in values.items():
                setattr(row, name, value)
            row.tax_items = {kind: said for kind, said in row.tax_items.items() if kind != ALL_OTHERS} | item
            row.version += 1
        work.audit("seller_profile.changed", "seller_profile", work.tenant_id)
        await work.session.flush()
        return await self.seller()

    async def buyer(self, client_id: UUID) -> BillingProfileView:
        """A client's; an empty one before somebody wrote it.

        Raises:
            NotFound: no such client, or not for this actor.
        """
        await self._client_name(client_id)
        row = await self._work.session.scalar(select(BillingProfile).where(BillingProfile.id == client_id))
        if row is None:
            empty = dict.fromkeys((*_PARTY, "recipient_email"), "")
            return BillingProfileView(
                client_id=client_id,
                fapiao_kind=FapiaoKind.GENERAL,
                payment_days=None,
                payer_client_id=None,
                version=0,
                **empty,
            )
        return BillingProfileView(
            client_id=client_id,
            **{name: getattr(row, name) for name in _PARTY},
            fapiao_kind=FapiaoKind(row.fapiao_kind),
            recipient_email=row.recipient_email,
            payment_days=row.payment_days,
            payer_client_id=row.payer_client_id,
            version=row.version,
        )

    async def write_buyer(self, client_id: UUID, wanted: BillingProfileWrite) -> BillingProfileView:
        """
        Raises:
            Forbidden: without `invoice:write`.
            NotFound: no such client.
            Invalid: a 专用发票 without the buyer's tax number, or no address of e-mail.
            PayerInvalid, StaleVersion.
        """
        work = self._work
        work.actor.require(InvoicePermission.INVOICE_WRITE)
        await self._client_name(client_id)
        if wanted.fapiao_kind is FapiaoKind.SPECIAL and not wanted.tax_number:
            raise Invalid(fields={"tax_number": N_("专用发票要有购买方的税号。")})
        await self._check_payer(client_id, wanted.payer_client_id)
        values = msgspec.structs.asdict(wanted) | {
            "recipient_email": account_email(wanted.recipient_email) if wanted.recipient_email else "",
        }
        del values["version"]
        row = await work.session.get(BillingProfile, (work.tenant_id, client_id), with_for_update=True)
        if (0 if row is None else row.version) != wanted.version:
            raise StaleVersion
        if row is None:
            work.session.add(
                BillingProfile(tenant_id=work.tenant_id, id=client_id, client_id=client_id, version=1, **values)
            )
        else:
            for name, value in values.items():
                setattr(row, name, value)
            row.version += 1
        work.audit("billing_profile.changed", "billing_profile", client_id)
        await work.session.flush()
        return await self.buyer(client_id)

    async def payers(self, client_id: UUID) -> list[tuple[UUID, str]]:
        """Clients that may pay for this one: id and name, by name."""
        paid_for = select(BillingProfile.id).where(BillingProfile.payer_client_id.is_not(None))
        rows = await self._work.session.execute(
            select(Client.id, Client.name)
            .where(Client.id != client_id, Client.state == "active", Client.id.not_in(paid_for))
            .order_by(Client.name, Client.id)
        )
        return [(row.id, row.name) for row in rows]

    async def _client_name(self, client_id: UUID) -> str:
        name = await self._work.session.scalar(select(Client.name).where(Client.id == client_id))
        if name is None:
            raise NotFound
        return name

    async def _check_payer(self, client_id: UUID, payer_id: UUID | None) -> None:
        """One step only: whoever pays for others is paid for by nobody."""
        if payer_id is None:
            return
        session = self._work.session
        known = await session.scalar(select(exists().where(Client.id == payer_id)))
        chained = await session.scalar(
            select(
                exists().where(BillingProfile.id == payer_id, BillingProfile.payer_client_id.is_not(None))
                | exists().where(BillingProfile.payer_client_id == client_id)
            )
        )
        if payer_id == client_id or not known or chained:
            raise PayerInvalid(fields={"payer_client_id": PayerInvalid.text})


def _limit(wanted: SellerProfileWrite) -> int | None:
    if wanted.approval_above is None:
        return None
    if not (wanted.approval_above.is_finite() and 0 <= wanted.approval_above < 10**11):
        raise Invalid(fields={"approval_above": N_("请填写不小于零的金额。")})
    return Money.of(wanted.approval_above, COMPANY_CURRENCY).minor

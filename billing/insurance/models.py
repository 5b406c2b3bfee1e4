"""Tables of insurance. Amounts are minor units of the policy's currency; days are the client's."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ColumnElement, String, Text, Uuid, any_, literal, text
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.documents.models import DocumentEdition
from app.platform.kernel.model import (
    ClientRing,
    Isolation,
    TenantModel,
    client_foreign_key,
    client_unique,
    tenant_foreign_key,
    tenant_index,
    tenant_unique,
)
from app.platform.kernel.row_scope import ScopedStaff, row_scope_of

NAME_LENGTH = 80


class InsuranceProduct(TenantModel):
    """The insurance terms of a service in the catalogue of add-ons, which has its name, cycle, tax and whether it is
    offered."""

    __tablename__ = "insurance_product"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (tenant_unique("insurance_product", "addon_id"), tenant_foreign_key("addon", "addon_id"))

    addon_id: Mapped[UUID]
    terms: Mapped[dict[str, Any]]
    """`CoverTerms`."""
    rates: Mapped[list[Any]]
    """`PremiumRate`s."""
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class InsurancePolicy(ClientRing, TenantModel):
    """The insurance of some devices of one client, on the terms of the day on which it was written."""

    __tablename__ = "insurance_policy"
    __isolation__ = Isolation.CLIENT
    __table_args__ = (
        client_unique("insurance_policy"),
        tenant_unique("insurance_policy", "number"),
        tenant_index("insurance_policy", "client_id", "created_at"),
        tenant_index("insurance_policy", "next_on"),
        tenant_foreign_key("client", "client_id"),
        tenant_foreign_key("insurance_product", "product_id"),
    )

    number: Mapped[str] = mapped_column(String(24))
    client_name: Mapped[str] = mapped_column(String(120))
    product_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    """The product's."""
    cycle: Mapped[str] = mapped_column(String(12))
    currency: Mapped[str] = mapped_column(String(3))
    price_mode: Mapped[str] = mapped_column(String(12))
    tax: Mapped[str] = mapped_column(String(20))
    terms: Mapped[dict[str, Any]]
    """`CoverTerms`."""
    time_zone: Mapped[str] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(12))
    start_on: Mapped[date]
    last_day: Mapped[date | None]
    next_on: Mapped[date | None]
    """The next day on which a premium falls due or it is over."""
    reason: Mapped[str] = mapped_column(Text, default="")
    """Why it was ended or cancelled."""
    written_by_name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    created_at: Mapped[datetime]
    activated_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class InsuredDevice(ClientRing, TenantModel):
    """A device under a policy, with the value for which it is insured. It may stand there again after it has left."""

    __tablename__ = "insured_device"
    __isolation__ = Isolation.CLIENT
    __table_args__ = (
        client_unique("insured_device"),
        tenant_index("insured_device", "policy_id"),
        tenant_index("insured_device", "device_id", unique=True, postgresql_where=text("end_on IS NULL")),
        tenant_foreign_key("client", "client_id"),
        client_foreign_key("insurance_policy", "policy_id"),
        client_foreign_key("device", "device_id"),
        CheckConstraint("insured_value > 0", name="insured_value"),
        CheckConstraint("premium >= 0", name="premium"),
        CheckConstraint("end_on IS NULL OR end_on >= start_on", name="days"),
    )

    policy_id: Mapped[UUID]
    device_id: Mapped[UUID]
    device_number: Mapped[str] = mapped_column(String(40))
    device_words: Mapped[str] = mapped_column(String(340))
    """Brand, model and serial number on the day on which it was insured."""
    category: Mapped[str] = mapped_column(String(40))
    insured_value: Mapped[int] = mapped_column(BigInteger)
    premium: Mapped[int] = mapped_column(BigInteger)
    """Of a whole period."""
    start_on: Mapped[date]
    end_on: Mapped[date | None]
    """The first day on which it is not insured any more."""
    end_reason: Mapped[str] = mapped_column(String(16), default="")
    added_at: Mapped[datetime]


class InsurancePremium(TenantModel):
    """What fell due for a device, some days of a period; negative for days that are given back."""

    __tablename__ = "insurance_premium"
    __isolation__ = Isolation.PROVIDER
    __append_only__ = True
    __table_args__ = (
        tenant_unique("insurance_premium", "insured_device_id", "number"),
        tenant_index("insurance_premium", "policy_id"),
        tenant_foreign_key("insurance_policy", "policy_id"),
        tenant_foreign_key("insured_device", "insured_device_id"),
        CheckConstraint("period_start < period_end", name="period"),
    )

    policy_id: Mapped[UUID]
    insured_device_id: Mapped[UUID]
    number: Mapped[int]
    """1, 2, 3 … of the device under the policy."""
    period_start: Mapped[date]
    period_end: Mapped[date]
    """The first day that is not of the period any more."""
    given_back: Mapped[bool]
    amount: Mapped[int] = mapped_column(BigInteger)
    made_at: Mapped[datetime]


class InsuranceCertificate(ClientRing, DocumentEdition):
    """What a policy says, on paper; a new edition whenever its devices or days change."""

    __tablename__ = "insurance_certificate"
    __isolation__ = Isolation.CLIENT
    __table_args__ = (
        tenant_unique("insurance_certificate", "policy_id", "edition"),
        tenant_foreign_key("client", "client_id"),
        client_foreign_key("insurance_policy", "policy_id"),
    )

    policy_id: Mapped[UUID]


@row_scope_of(InsurancePolicy, InsuredDevice, InsuranceCertificate)
def _of_client(table: Any, staff: ScopedStaff) -> ColumnElement[bool]:
    found: ColumnElement[bool] = table.client_id == any_(literal(staff.clients, ARRAY(Uuid)))
    return found

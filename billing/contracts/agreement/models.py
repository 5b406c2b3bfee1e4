"""Tables in the client's ring: papers offered and agreed, which are only added, and where the contract stands."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, String
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.documents.models import DocumentEdition
from app.platform.kernel.model import (
    ClientRing,
    Isolation,
    TenantModel,
    client_foreign_key,
    tenant_foreign_key,
    tenant_unique,
)
from app.platform.kernel.row_scope import ScopedStaff, row_scope_of
from billing.contracts.models import NUMBER_LENGTH, TITLE_LENGTH


class OfferedContract(ClientRing, DocumentEdition):
    """The paper of one version as it was put before the client, each version once."""

    __tablename__ = "offered_contract"
    __isolation__ = Isolation.CLIENT
    __append_only__ = True
    __table_args__ = (
        tenant_unique("offered_contract", "contract_id", "edition"),
        tenant_unique("offered_contract", "version_id"),
        tenant_foreign_key("client", "client_id"),
        client_foreign_key("contract", "contract_id"),
        client_foreign_key("contract_version", "version_id"),
    )

    contract_id: Mapped[UUID]
    version_id: Mapped[UUID]
    answer_until: Mapped[datetime]
    """After that nobody can accept it any more."""


class AgreedContract(ClientRing, DocumentEdition):
    """The paper of one version as it was agreed, with whoever said yes: frozen when the version comes into force."""

    __tablename__ = "agreed_contract"
    __isolation__ = Isolation.CLIENT
    __append_only__ = True
    __table_args__ = (
        tenant_unique("agreed_contract", "contract_id", "edition"),
        tenant_unique("agreed_contract", "version_id"),
        tenant_foreign_key("client", "client_id"),
        client_foreign_key("contract", "contract_id"),
        client_foreign_key("contract_version", "version_id"),
    )

    contract_id: Mapped[UUID]
    version_id: Mapped[UUID]
    effective_from: Mapped[date]
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the terms."""


class ContractStanding(ClientRing, TenantModel):
    """Where a contract stands, for the client; made when the client first sees something of it."""

    __tablename__ = "contract_standing"
    __isolation__ = Isolation.CLIENT
    __table_args__ = (
        tenant_unique("contract_standing", "contract_id"),
        tenant_foreign_key("client", "client_id"),
        client_foreign_key("contract", "contract_id"),
    )

    contract_id: Mapped[UUID]
    number: Mapped[str] = mapped_column(String(NUMBER_LENGTH))
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    state: Mapped[str] = mapped_column(String(12))
    """`billing.contracts.states.ContractState`"""
    from_day: Mapped[date]
    until_day: Mapped[date]
    """The first day after it."""
    changed_at: Mapped[datetime]


@row_scope_of(OfferedContract, AgreedContract, ContractStanding)
def _of_own_clients(table: type[OfferedContract], staff: ScopedStaff) -> ColumnElement[bool]:
    """Staff who look after some clients see their contracts."""
    return table.client_id.in_(staff.clients)

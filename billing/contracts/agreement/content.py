"""What a contract says on paper and in the portal: its terms with the names of the day on which it was offered."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.agreements.catalogue import PRODUCT_CATEGORIES, SERVICE_CATEGORIES
from app.agreements.sla.models import ServiceCalendarVersion, SlaPolicyVersion
from app.assets.clients.models import Client, Site
from app.assets.devices.models import Device
from app.platform.kernel.row_scope import WHOLE_TENANT
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.contracts.models import Contract, ContractVersion
from billing.contracts.versions import terms_of
from billing.pricebook.models import TaxRate
from billing.terms import Terms
from tenants.models import TenantProfile


class AcceptedHow(StrEnum):
    """How a client said yes."""

    PORTAL = "portal"
    LINK = "link"
    PAPER = "paper"
    """Signed by hand, and written down by the company's own people."""
    RENEWAL = "renewal"
    """Nobody gave notice in time: it goes on as was agreed."""


# Defaults are left out of the hashed form, so that a field added later changes no hash accepted earlier.
class Acceptance(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who said yes, when (aware UTC), and to exactly which paper: the hash that stands on it."""

    accepted_by: str
    accepted_at: datetime
    how: AcceptedHow
    offer_hash: str = ""


class ContractContent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All that the paper says. `terms`, `policy` and `calendar` are the stored documents as they are: a field that is
    added to them later changes no hash."""

    number: str
    edition: int
    """Counts the papers of the contract from 1."""
    version_number: int
    title: str
    partner_name: str
    hot_line: str
    client_name: str
    effective_from: date
    terms: dict[str, Any]
    terms_digest: str
    reason: str = ""
    """Why it was amended."""
    sites: dict[str, str] = {}
    """Names by id."""
    devices: dict[str, str] = {}
    """Numbers by id."""
    names: dict[str, str] = {}
    """Of categories and taxes, by code."""
    policy: dict[str, Any] = {}
    calendar: dict[str, Any] = {}
    acceptance: Acceptance | None = None

    @property
    def agreed_terms(self) -> Terms:
        """The terms as a value."""
        return terms_of(self.terms)


async def content_of(
    work: UnitOfWork,
    contract: Contract,
    version: ContractVersion,
    *,
    number: str,
    edition: int,
    acceptance: Acceptance | None = None,
) -> ContractContent:
    """The paper of this version, with today's names."""
    terms = terms_of(version.terms)
    company = (
        await work.session.execute(
            select(TenantProfile.name, TenantProfile.hotline, Client.name.label("client"))
            .select_from(Client)
            .join(TenantProfile, TenantProfile.tenant_id == Client.tenant_id)
            .where(Client.id == contract.client_id)
        )
    ).one()
    return ContractContent(
        number=number,
        edition=edition,
        version_number=version.number,
        title=contract.title,
        partner_name=company.name,
        hot_line=company.hotline,
        client_name=company.client,
        effective_from=version.effective_from,
        terms=version.terms,
        terms_digest=version.digest,
        reason=version.reason,
        sites=await _names(work, Site.id, Site.name, {each for line in terms.lines for each in line.scope.site_ids}),
        devices=await _names(
            work, Device.id, Device.number, {each for line in terms.lines for each in line.scope.device_ids}
        ),
        names={**_category_names(terms), **await _tax_names(work, terms)},
        policy=await _document(work, SlaPolicyVersion, terms.policy_version_id),
        calendar=await _document(work, ServiceCalendarVersion, terms.calendar_version_id),
        acceptance=acceptance,
    )


async def _names(work: UnitOfWork, key: Any, name: Any, ids: set[UUID]) -> dict[str, str]:
    if not ids:
        return {}
    # The paper does not depend on who writes it.
    rows = await work.session.execute(select(key, name).where(key.in_(ids)), execution_options=WHOLE_TENANT)
    return {str(row[0]): row[1] for row in sorted(rows, key=lambda row: str(row[1]))}


def _category_names(terms: Terms) -> dict[str, str]:
    named: set[str] = set()
    for line in terms.lines:
        scope = line.scope
        named |= scope.service_categories | scope.product_categories | scope.excluded_product_categories
    known = {each.code: each.name for each in SERVICE_CATEGORIES}
    known |= {each.code: each.name for each in PRODUCT_CATEGORIES}
    return {code: known[code] for code in sorted(named) if code in known}


async def _tax_names(work: UnitOfWork, terms: Terms) -> dict[str, str]:
    rows = await work.session.execute(
        select(TaxRate.code, TaxRate.name).where(TaxRate.code.in_({line.tax for line in terms.lines}))
    )
    return {row.code: row.name for row in rows}


async def _document(
    work: UnitOfWork, model: type[SlaPolicyVersion | ServiceCalendarVersion], version_id: UUID | None
) -> dict[str, Any]:
    if version_id is None:
        return {}
    found: dict[str, Any] | None = await work.session.scalar(select(model.document).where(model.id == version_id))
    return found or {}

"""What may be chosen where a contract is written: clients, sites, service levels, tax rates."""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from app.agreements.sla.models import ServiceCalendarRecord, ServiceCalendarVersion, SlaPolicy, SlaPolicyVersion
from app.assets.clients.models import Client, Site
from app.platform.kernel.texts import N_, Translator
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.pricebook import EXEMPT, tax_rates_on
from billing.terms import Terms

Choices = list[tuple[str, str]]
_AS_AGREED = N_("%(name)s（签订时的版本）")


async def client_choices(work: UnitOfWork) -> Choices:
    """Clients that are served, by name."""
    rows = await work.session.execute(
        select(Client.id, Client.name).where(Client.state == "active").order_by(Client.name)
    )
    return [(str(client_id), name) for client_id, name in rows]


async def site_choices(work: UnitOfWork, client_id: UUID) -> Choices:
    """The client's sites."""
    rows = await work.session.execute(select(Site.id, Site.name).where(Site.client_id == client_id).order_by(Site.name))
    return [(str(site_id), name) for site_id, name in rows]


async def policy_choices(work: UnitOfWork, terms: Terms, translate: Translator) -> Choices:
    """Policies by the version that holds now; the version of the terms, where it is an older one."""
    rows = await work.session.execute(
        select(SlaPolicy.current_version_id, SlaPolicy.name).where(SlaPolicy.active).order_by(SlaPolicy.name)
    )
    found = [(str(version_id), translate(name)) for version_id, name in rows]
    if terms.policy_version_id is not None and str(terms.policy_version_id) not in dict(found):
        name = await policy_name(work, terms.policy_version_id)
        found.append((str(terms.policy_version_id), translate(_AS_AGREED, name=translate(name))))
    return found


async def calendar_choices(work: UnitOfWork, terms: Terms, translate: Translator) -> Choices:
    """Calendars by the version that holds now; the version of the terms, where it is an older one."""
    rows = await work.session.execute(
        select(ServiceCalendarRecord.current_version_id, ServiceCalendarRecord.name)
        .where(ServiceCalendarRecord.active, ServiceCalendarRecord.derived_from.is_(None))
        .order_by(ServiceCalendarRecord.name)
    )
    found = [(str(version_id), translate(name)) for version_id, name in rows]
    if terms.calendar_version_id is not None and str(terms.calendar_version_id) not in dict(found):
        name = await calendar_name(work, terms.calendar_version_id)
        found.append((str(terms.calendar_version_id), translate(_AS_AGREED, name=translate(name))))
    return found


async def policy_name(work: UnitOfWork, version_id: UUID | None) -> str:
    """What the policy of this version is called; empty where there is none."""
    name = await work.session.scalar(
        select(SlaPolicy.name)
        .join(SlaPolicyVersion, SlaPolicyVersion.policy_id == SlaPolicy.id)
        .where(SlaPolicyVersion.id == version_id)
    )
    return name or ""


async def calendar_name(work: UnitOfWork, version_id: UUID | None) -> str:
    """What the calendar of this version is called; empty where there is none."""
    name = await work.session.scalar(
        select(ServiceCalendarRecord.name)
        .join(ServiceCalendarVersion, ServiceCalendarVersion.calendar_id == ServiceCalendarRecord.id)
        .where(ServiceCalendarVersion.id == version_id)
    )
    return name or ""


async def tax_choices(work: UnitOfWork, day: date, translate: Translator) -> Choices:
    """The tax rates of the day, the highest first."""
    rates = await tax_rates_on(work, day)
    ordered = sorted(rates.items(), key=lambda each: (each[1] is None, -(each[1] or 0)))
    return [(code, translate(EXEMPT) if rate is None else f"{(rate * 100).normalize():f}%") for code, rate in ordered]

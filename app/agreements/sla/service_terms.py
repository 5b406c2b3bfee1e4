"""A client's service terms: the policy and calendar in force, and the versions that a running clock refers to."""

from typing import TypeVar
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from app.agreements.sla.policy import SlaPolicyDocument
from app.agreements.sla.repository import calendar_document, policy_document, versions_in_force
from app.agreements.sla.vocabulary import Priority, TargetKind
from app.platform.kernel.errors import Conflict
from app.platform.kernel.texts import N_
from app.platform.promises import ServiceCalendar, Terms

_MOST_CACHED = 5_000
Document = TypeVar("Document")


class NoServiceTerms(Conflict):
    """Neither the client nor the tenant has a policy and a calendar."""

    code = "service_level.missing"
    text = N_("这家客户还没有服务级别,请先为客户选择服务级别和服务日历。")


class ServiceTerms(msgspec.Struct, frozen=True):
    """One version of a policy with one version of a calendar."""

    policy_version_id: UUID
    calendar_version_id: UUID
    policy: SlaPolicyDocument
    calendar: ServiceCalendar

    @property
    def versions(self) -> tuple[UUID, UUID]:
        """Ids of the policy version and of the calendar version."""
        return self.policy_version_id, self.calendar_version_id

    def calendar_of(self, priority: Priority, kind: TargetKind) -> ServiceCalendar | None:
        """The hours in which a clock counts; None where time counts as it passes."""
        target = self.policy.targets_of(priority, self.calendar).get(kind)
        return self.calendar if target is None else target.calendar

    def clock_terms(self, priority: Priority) -> dict[str, Terms]:
        """What the clocks of a ticket of this priority run by, for each target that is promised."""
        policy, targets = self.policy, self.policy.targets_of(priority, self.calendar)
        return {
            kind: Terms(targets[kind], policy.escalation_of(priority, kind), policy.pauses_of(kind))
            for kind in TargetKind
            if kind in targets
        }


class _DocumentCache:
    """Decoded versions, which never change; the oldest is dropped first.

    Ids are unguessable and were read under row-level security by whoever names them, so the cache opens no way around
    isolation.
    """

    def __init__(self) -> None:
        self.policies: dict[UUID, SlaPolicyDocument] = {}
        self.calendars: dict[UUID, ServiceCalendar] = {}


_cache = _DocumentCache()


async def terms_in_force(session: AsyncSession, tenant_id: UUID, client_id: UUID) -> ServiceTerms:
    """The policy and calendar in force for the client.

    Raises:
        NoServiceTerms: when nothing was assigned.
    """
    versions = await versions_in_force(session, tenant_id, client_id)
    if versions is None:
        raise NoServiceTerms
    return await terms_of_versions(session, *versions)


class TermsInForce:
    """The terms in force of several clients, each read once in a unit of work."""

    def __init__(self, session: AsyncSession, tenant_id: UUID) -> None:
        self._session, self._tenant_id = session, tenant_id
        self._found: dict[UUID, ServiceTerms | None] = {}

    async def of(self, client_id: UUID) -> ServiceTerms | None:
        """The client's terms; None where nothing was assigned."""
        if client_id not in self._found:
            versions = await versions_in_force(self._session, self._tenant_id, client_id)
            self._found[client_id] = None if versions is None else await terms_of_versions(self._session, *versions)
        return self._found[client_id]


async def terms_of_versions(session: AsyncSession, policy_version_id: UUID, calendar_version_id: UUID) -> ServiceTerms:
    """The terms that a clock runs by.

    Raises:
        NoServiceTerms: when a version cannot be read by this actor.
    """
    policy = _cache.policies.get(policy_version_id)
    if policy is None:
        stored = await policy_document(session, policy_version_id)
        if stored is None:
            raise NoServiceTerms
        policy = msgspec.convert(stored, SlaPolicyDocument)
        _remember(_cache.policies, policy_version_id, policy)
    calendar = _cache.calendars.get(calendar_version_id)
    if calendar is None:
        stored = await calendar_document(session, calendar_version_id)
        if stored is None:
            raise NoServiceTerms
        calendar = msgspec.convert(stored, ServiceCalendar)
        _remember(_cache.calendars, calendar_version_id, calendar)
    return ServiceTerms(policy_version_id, calendar_version_id, policy, calendar)


def _remember(cache: dict[UUID, Document], version_id: UUID, document: Document) -> None:
    if len(cache) >= _MOST_CACHED:
        cache.pop(next(iter(cache)))
    cache[version_id] = document

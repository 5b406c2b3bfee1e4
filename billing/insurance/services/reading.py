"""Reading policies: at the company those of the clients that one looks after, at the client its own."""

from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.platform.documents import Printable, newest_edition, printable
from app.platform.kernel.actor import Scope
from app.platform.kernel.columns import view_of
from app.platform.kernel.errors import NotFound
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.insurance.documents import INSURANCE_CERTIFICATE
from billing.insurance.models import InsuranceCertificate, InsurancePolicy, InsurancePremium, InsuredDevice
from billing.insurance.permissions import InsurancePermission
from billing.insurance.premiums import CoverTerms
from billing.insurance.schemas import InsuredDeviceView, PolicySummary, PolicyView, PremiumView
from billing.insurance.states import POLICY_MACHINE, STAFF, EndReason, PolicyMove, PolicyState

MOST_POLICIES: Final = 200
MOST_PREMIUMS: Final = 100
_OF_POLICY: Final = (
    InsuredDevice.tenant_id == InsurancePolicy.tenant_id,
    InsuredDevice.policy_id == InsurancePolicy.id,
    InsuredDevice.end_on.is_(None),
)
DEVICES: Final = select(func.count(InsuredDevice.id)).where(*_OF_POLICY).correlate(InsurancePolicy).scalar_subquery()
PREMIUM: Final = (
    select(func.coalesce(func.sum(InsuredDevice.premium), 0))
    .where(*_OF_POLICY)
    .correlate(InsurancePolicy)
    .scalar_subquery()
)
POLICY_ROWS: Final[Any] = select(InsurancePolicy, DEVICES, PREMIUM)
"""Policies with how many devices they insure, and for how much each period."""


class InsurancePolicies:
    """Policies that the actor may see.

    Raises:
        Forbidden: without `insurance_policy:read`.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(InsurancePermission.INSURANCE_POLICY_READ)
        self._work = work

    async def get(self, policy_id: UUID) -> PolicyView:
        """
        Raises:
            NotFound: no such policy for this actor; for a client's people none that has not begun.
        """
        session = self._work.session
        policy = await session.scalar(select(InsurancePolicy).where(InsurancePolicy.id == policy_id))
        if policy is None or (self._work.actor.scope is not Scope.TENANT and policy.activated_at is None):
            raise NotFound
        certificate = await newest_edition(session, INSURANCE_CERTIFICATE, policy_id)
        return view_of(
            PolicyView,
            policy,
            state=PolicyState(policy.state),
            terms=msgspec.convert(policy.terms, CoverTerms),
            devices=await self._devices(policy_id),
            premiums=await self._premiums(policy_id),
            certificate_id=certificate.id if certificate else None,
            moves=self._moves(policy),
        )

    async def of_client(self, client_id: UUID) -> list[PolicySummary]:
        """Those that were put into force, the newest first."""
        rows = await self._work.session.execute(
            POLICY_ROWS.where(InsurancePolicy.client_id == client_id, InsurancePolicy.activated_at.is_not(None))
            .order_by(InsurancePolicy.created_at.desc(), InsurancePolicy.id.desc())
            .limit(MOST_POLICIES)
        )
        return [summary_of(row) for row in rows]

    async def certificate(self, certificate_id: UUID) -> Printable:
        """
        Raises:
            NotFound: no such certificate for this actor.
        """
        row = await self._work.session.scalar(
            select(InsuranceCertificate).where(InsuranceCertificate.id == certificate_id)
        )
        if row is None:
            raise NotFound
        return await printable(self._work.session, INSURANCE_CERTIFICATE, row)

    async def _devices(self, policy_id: UUID) -> list[InsuredDeviceView]:
        rows = await self._work.session.scalars(
            select(InsuredDevice)
            .where(InsuredDevice.policy_id == policy_id)
            .order_by(InsuredDevice.device_number, InsuredDevice.start_on, InsuredDevice.id)
        )
        return [
            view_of(InsuredDeviceView, row, end_reason=EndReason(row.end_reason) if row.end_reason else None)
            for row in rows
        ]

    async def _premiums(self, policy_id: UUID) -> list[PremiumView]:
        if self._work.actor.scope is not Scope.TENANT:
            return []
        rows = await self._work.session.execute(
            select(
                InsuredDevice.device_number,
                InsurancePremium.period_start,
                InsurancePremium.period_end,
                InsurancePremium.given_back,
                InsurancePremium.amount,
            )
            .join(
                InsuredDevice,
                (InsuredDevice.tenant_id == InsurancePremium.tenant_id)
                & (InsuredDevice.id == InsurancePremium.insured_device_id),
            )
            .where(InsurancePremium.policy_id == policy_id)
            .order_by(InsurancePremium.made_at.desc(), InsurancePremium.id.desc())
            .limit(MOST_PREMIUMS)
        )
        return [PremiumView(*row) for row in rows]

    def _moves(self, policy: InsurancePolicy) -> list[PolicyMove]:
        actor = self._work.actor
        if actor.read_only or not actor.may(InsurancePermission.INSURANCE_POLICY_WRITE):
            return []
        return list(POLICY_MACHINE.moves_from(policy.state, STAFF))


def summary_of(row: Any) -> PolicySummary:
    """A policy in a list, of `POLICY_ROWS`."""
    policy, devices, premium = row[0], row[1], row[2]
    return view_of(PolicySummary, policy, state=PolicyState(policy.state), devices=devices, premium=int(premium))


async def numbers_of(session: AsyncSession, policy_ids: Collection[UUID]) -> dict[UUID, str]:
    """The numbers of some policies, for the audit log."""
    rows = await session.execute(
        select(InsurancePolicy.id, InsurancePolicy.number).where(InsurancePolicy.id.in_(policy_ids))
    )
    return {row.id: row.number for row in rows}

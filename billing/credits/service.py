"""Use cases of credits: reading, deciding, withdrawing."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.assets.clients.models import Client
from app.people.approvals import Verdict, decide, others_may_decide, withdraw
from app.platform.kernel.columns import columns_of
from app.platform.kernel.errors import NotFound, StaleVersion
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.credits.deciding import CREDIT_APPROVAL, approve_alone, end, locked, was_sent
from billing.credits.models import ServiceCredit, ServiceCreditNotice
from billing.credits.permissions import CreditPermission
from billing.credits.schemas import CreditApproval, CreditRefusal, ServiceCreditNoticeView, ServiceCreditView
from billing.credits.states import SERVICE_CREDIT, CreditMove, CreditState

NOTICES_SHOWN = 200


class ServiceCredits:
    """Credits that the actor may see.

    Raises:
        Forbidden: without `service_credit:read`.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(CreditPermission.SERVICE_CREDIT_READ)
        self._work = work

    async def get(self, credit_id: UUID) -> ServiceCreditView:
        """
        Raises:
            NotFound: there is none, or not for this actor.
        """
        row = (
            await self._work.session.execute(
                select(*columns_of(ServiceCreditView, ServiceCredit, client_name=Client.name))
                .join(Client, Client.id == ServiceCredit.client_id)
                .where(ServiceCredit.id == credit_id)
            )
        ).one_or_none()
        if row is None:
            raise NotFound
        return credit_view(row)

    async def notices(self) -> list[ServiceCreditNoticeView]:
        """What was decided, for the client's people; the newest first."""
        rows = await self._work.session.execute(
            select(*columns_of(ServiceCreditNoticeView, ServiceCreditNotice))
            .order_by(ServiceCreditNotice.decided_at.desc(), ServiceCreditNotice.id)
            .limit(NOTICES_SHOWN)
        )
        names = ServiceCreditNoticeView.__struct_fields__
        return [ServiceCreditNoticeView(**dict(zip(names, row, strict=True))) for row in rows]

    async def approve(self, credit_id: UUID, wanted: CreditApproval) -> ServiceCreditView:
        """Say yes: it stands on the next invoice. Whoever was sent to the ticket says so only where nobody else may,
        with a reason.

        Raises:
            Forbidden: without `service_credit:decide`.
            NotFound, StaleVersion, ServiceCreditMoveRefused, OwnTicket, ReasonMissing.
        """
        work = self._work
        work.actor.require(CreditPermission.SERVICE_CREDIT_DECIDE)
        row = await self._waiting(credit_id, wanted.version, CreditMove.APPROVE)
        own = await was_sent(work, row.ticket_id)
        if own and not await others_may_decide(work, CreditPermission.SERVICE_CREDIT_DECIDE):
            await approve_alone(work, row, wanted.reason)
            await withdraw(work, CREDIT_APPROVAL, row.id, missing_ok=True)
        else:
            await decide(work, CREDIT_APPROVAL, credit_id, Verdict.APPROVE, reason=wanted.reason)
        return await self.get(credit_id)

    async def decline(self, credit_id: UUID, wanted: CreditRefusal) -> ServiceCreditView:
        """Say no, with a reason that the client reads.

        Raises:
            Forbidden: without `service_credit:decide`.
            NotFound, StaleVersion, ServiceCreditMoveRefused.
        """
        self._work.actor.require(CreditPermission.SERVICE_CREDIT_DECIDE)
        await self._waiting(credit_id, wanted.version, CreditMove.DECLINE)
        await decide(self._work, CREDIT_APPROVAL, credit_id, Verdict.DECLINE, reason=wanted.reason)
        return await self.get(credit_id)

    async def withdraw(self, credit_id: UUID, wanted: CreditRefusal) -> ServiceCreditView:
        """The breach does not count by agreement. What was approved is taken back: from the next invoice, or by it
        where it was invoiced.

        Raises:
            Forbidden: without `service_credit:write`.
            NotFound, StaleVersion, ServiceCreditMoveRefused.
        """
        work = self._work
        work.actor.require(CreditPermission.SERVICE_CREDIT_WRITE)
        row = await self._waiting(credit_id, wanted.version, CreditMove.WITHDRAW)
        waits = row.state == CreditState.PROPOSED
        await end(work, row, CreditMove.WITHDRAW, work.actor.display_name, wanted.reason)
        if waits:
            await withdraw(work, CREDIT_APPROVAL, credit_id, missing_ok=True)
        return await self.get(credit_id)

    async def _waiting(self, credit_id: UUID, version: int, move: CreditMove) -> ServiceCredit:
        row = await locked(self._work, credit_id)
        if row is None:
            raise NotFound
        SERVICE_CREDIT.require(move, row.state)
        if row.version != version:
            raise StaleVersion
        return row


def credit_view(row: Sequence[Any]) -> ServiceCreditView:
    """A row of columns in the view's order."""
    values = dict(zip(ServiceCreditView.__struct_fields__, row, strict=True))
    return ServiceCreditView(**values | {"state": CreditState(values["state"])})

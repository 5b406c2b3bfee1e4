"""Headquarters' answer to an application, and what follows it."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.outbox import OutboxEvent
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWork
from tenants.partners.events import ApplicationApproved
from tests.tenants.partners.applicants import (
    XIAMEN,
)


def approval(version: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "version": version,
        "star_level": 4,
        "territory": [XIAMEN, "350100"],
        "authorisations": ["hardware", "software"],
        "begin_as": "active",
    } | changes


class Invitations:
    """Stands where identity's invitation service is wired; remembers who was invited."""

    def __init__(self, *, fails: int = 0) -> None:
        self.sent: list[tuple[UUID, str]] = []
        self._fails = fails

    async def __call__(self, work: UnitOfWork, *, email: str, name: str) -> None:
        if self._fails:
            self._fails -= 1
            raise ConnectionError
        self.sent.append((work.tenant_id, email))


async def approval_event(runtime: Runtime, application_id: str) -> ApplicationApproved:
    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        payloads = await work.session.scalars(
            select(OutboxEvent.payload).where(OutboxEvent.topic == ApplicationApproved.topic)
        )
        payload = next(payload for payload in payloads if payload["application_id"] == application_id)
    return ApplicationApproved(
        application_id=UUID(payload["application_id"]),
        partner_id=UUID(payload["partner_id"]),
        begin_as=payload["begin_as"],
    )

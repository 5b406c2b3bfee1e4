"""Deactivated clients and employees, as far as signing in depends on them."""

from typing import Final
from uuid import UUID

from sqlalchemy import String, Uuid, column, table, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.people.identity.models import Reporter

CLIENT: Final = table("client", column("tenant_id", Uuid()), column("id", Uuid()), column("state", String()))
"""The clients' table, whose area stands above this one; only statements of the signin role read it here."""


async def follow_employee_state(session: AsyncSession, employee_id: UUID, state: str) -> None:
    """Set the reporter's state to the employee's: an inactive employee cannot sign in, and open sessions end with their
    next request. In the caller's transaction, so that no pending job delays it."""
    await session.execute(
        update(Reporter)
        .where(Reporter.employee_id == employee_id)
        .values(state=state)
        .execution_options(synchronize_session=False)
    )

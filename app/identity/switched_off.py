"""Whose people may not come in any more: what other areas take out of use, as far as signing in asks for it."""

from typing import Final
from uuid import UUID

from sqlalchemy import String, Uuid, column, table, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.models import Reporter

CLIENT: Final = table("client", column("tenant_id", Uuid()), column("id", Uuid()), column("state", String()))
"""The clients' table, whose area stands above this one; only statements of the signin role read it here."""


async def follow_employee_state(session: AsyncSession, employee_id: UUID, state: str) -> None:
    """Who has left the client signs in no more, and what they signed in to ends with their next request; who comes back
    is known again. In the transaction that says so: no job that waits keeps somebody's door open."""
    await session.execute(
        update(Reporter)
        .where(Reporter.employee_id == employee_id)
        .values(state=state)
        .execution_options(synchronize_session=False)
    )

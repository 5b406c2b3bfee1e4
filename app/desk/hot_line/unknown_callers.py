"""Calls from people whose client is not known: notes that wait until the client is found.

A ticket needs a client for its service level. A call from an unknown number goes to the queue of unknown callers; a
ticket is made from the notes once the client is known.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta
from sqlalchemy import delete, select

from app.desk.hot_line.models import UnknownCaller
from app.platform.kernel.columns import columns_of
from app.platform.kernel.errors import Invalid, NotFound
from app.platform.kernel.input_text import LINE, TEXT, Input
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission

MOST_SHOWN = 50
"""Callers in one answer, the longest waiting first."""


class UnknownCallerCreate(Input, frozen=True, forbid_unknown_fields=True):
    """Notes of a call; a telephone number or words are required."""

    name: Annotated[str, LINE, Meta(max_length=60)] = ""
    phone: Annotated[str, LINE, Meta(max_length=40)] = ""
    company: Annotated[str, LINE, Meta(max_length=120)] = ""
    words: Annotated[str, TEXT, Meta(max_length=4_000)] = ""


class WaitingCaller(msgspec.Struct, frozen=True):
    """An unknown caller in the queue. `called_at` is UTC."""

    id: UUID
    name: str
    phone: str
    company: str
    words: str
    called_at: datetime
    taken_by_name: str


_COLUMNS = columns_of(WaitingCaller, UnknownCaller)


class UnknownCallers:
    """The queue of callers whose client is not known yet."""

    def __init__(self, work: UnitOfWork) -> None:
        self.work = work

    async def note(self, call: UnknownCallerCreate) -> UUID:
        """Record a call.

        Raises:
            Invalid: neither a telephone number nor words.
        """
        self.work.actor.require(Permission.TICKET_TRIAGE)
        self.work.require_writable()
        if not call.phone.strip() and not call.words.strip():
            raise Invalid(fields={"phone": N_("号码和内容至少写一项。")})
        row = UnknownCaller(
            tenant_id=self.work.tenant_id,
            id=self.work.new_id(),
            name=call.name.strip(),
            phone=call.phone.strip(),
            company=call.company.strip(),
            words=call.words.strip(),
            called_at=self.work.now,
            taken_by_name=self.work.actor.display_name,
        )
        self.work.session.add(row)
        await self.work.session.flush()
        self.work.audit("unknown_caller.created", "unknown_caller", row.id)
        return row.id

    async def waiting(self) -> Sequence[WaitingCaller]:
        """The queue, the longest waiting first."""
        self.work.actor.require(Permission.TICKET_TRIAGE)
        statement = select(*_COLUMNS).order_by(UnknownCaller.called_at, UnknownCaller.id).limit(MOST_SHOWN)
        return [WaitingCaller(*row) for row in await self.work.session.execute(statement)]

    async def find(self, caller_id: UUID) -> WaitingCaller:
        """One caller of the queue.

        Raises:
            NotFound: not in the queue any more.
        """
        self.work.actor.require(Permission.TICKET_TRIAGE)
        row = (await self.work.session.execute(select(*_COLUMNS).where(UnknownCaller.id == caller_id))).first()
        if row is None:
            raise NotFound
        return WaitingCaller(*row)

    async def settle(self, caller_id: UUID, ticket_id: UUID | None = None) -> None:
        """Remove the caller from the queue: a ticket was made, or nothing is to be done. Of two simultaneous attempts
        one is refused.

        Raises:
            NotFound: somebody else has settled it.
        """
        self.work.actor.require(Permission.TICKET_TRIAGE)
        self.work.require_writable()
        gone = await self.work.session.scalar(
            delete(UnknownCaller).where(UnknownCaller.id == caller_id).returning(UnknownCaller.id)
        )
        if gone is None:
            raise NotFound
        self.work.audit("unknown_caller.settled", "unknown_caller", caller_id, ticket=ticket_id)

"""A stranger calls: what they say is written down at once, and waits until somebody knows whose it is.

Nothing is a ticket without a client, whose promises it would take. A call from an unknown number stands in the desk's
queue of unknown callers instead; whoever finds out the client makes the ticket out of the words that were typed.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta
from sqlalchemy import delete, select

from app.kernel.errors import Invalid, NotFound
from app.kernel.texts import N_
from app.kernel.words import LINE, Given
from app.kernel.work import UnitOfWork
from app.tickets.models import UnknownCaller
from app.tickets.schemas import LongText, Phone, ShortText
from rbac import Permission

MOST_SHOWN = 50
"""Callers in one answer, those who have waited longest first."""


class UnknownCallerCreate(Given, frozen=True, forbid_unknown_fields=True):
    """What the caller said; a number or words there must be."""

    name: ShortText = ""
    phone: Phone = ""
    company: Annotated[str, LINE, Meta(max_length=120)] = ""
    words: LongText = ""


class WaitingCaller(msgspec.Struct, frozen=True):
    """A caller who waits. `called_at` is UTC."""

    id: UUID
    name: str
    phone: str
    company: str
    words: str
    called_at: datetime
    taken_by_name: str


_COLUMNS = tuple(getattr(UnknownCaller, name) for name in WaitingCaller.__struct_fields__)


class UnknownCallers:
    """The queue of callers whose client is not known yet."""

    def __init__(self, work: UnitOfWork) -> None:
        self.work = work

    async def note(self, call: UnknownCallerCreate) -> UUID:
        """Write a call down.

        Raises:
            Invalid: neither a number nor words: nobody could do anything with it.
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
        self.work.audit("unknown_caller.note", "unknown_caller", row.id)
        return row.id

    async def waiting(self) -> Sequence[WaitingCaller]:
        """Who waits, the longest first."""
        self.work.actor.require(Permission.TICKET_TRIAGE)
        statement = select(*_COLUMNS).order_by(UnknownCaller.called_at, UnknownCaller.id).limit(MOST_SHOWN)
        return [WaitingCaller(*row) for row in await self.work.session.execute(statement)]

    async def find(self, caller_id: UUID) -> WaitingCaller:
        """One of them.

        Raises:
            NotFound: nobody with this id waits any more.
        """
        self.work.actor.require(Permission.TICKET_TRIAGE)
        row = (await self.work.session.execute(select(*_COLUMNS).where(UnknownCaller.id == caller_id))).first()
        if row is None:
            raise NotFound
        return WaitingCaller(*row)

    async def settle(self, caller_id: UUID, ticket_id: UUID | None = None) -> None:
        """The call has become a ticket, or nothing is to be done: it waits no longer. Two who settle the same call make
        one ticket of it.

        Raises:
            NotFound: a colleague was quicker.
        """
        self.work.actor.require(Permission.TICKET_TRIAGE)
        self.work.require_writable()
        gone = await self.work.session.scalar(
            delete(UnknownCaller).where(UnknownCaller.id == caller_id).returning(UnknownCaller.id)
        )
        if gone is None:
            raise NotFound
        self.work.audit("unknown_caller.settle", "unknown_caller", caller_id, ticket=ticket_id)

"""Photos and documents on a ticket, each with its line on the public timeline (T1)."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from app.desk.tickets import repository
from app.desk.tickets.errors import NoFile, TooManyFiles
from app.desk.tickets.models import Ticket
from app.desk.tickets.workflow.workflow import Workflow
from app.platform.files import FileOwner, FileService, FileStore, FileSummary, SafeFile, store_file
from app.platform.kernel.errors import NotFound
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission
from tenants.context import Command, elevated

SUBJECT = "ticket"
"""`subject_kind` of a ticket's files."""

MOST_AT_ONCE = 5
MOST_OF_TICKET = 50


class AttachmentService:
    """Adds files to a ticket, from any ring."""

    def __init__(self, work: UnitOfWork, store: FileStore) -> None:
        self.work = work
        self.workflow = Workflow(work)
        self.store = store

    async def attach(self, ticket_id: UUID, files: Sequence[SafeFile]) -> list[FileSummary]:
        """Attach `files` to the ticket; whoever sees the ticket sees them.

        Raises:
            NotFound: when the actor may not see the ticket.
            NoFile, TooManyFiles
        """
        self.work.actor.require(Permission.TICKET_REPLY)
        self.work.require_writable()
        if not files:
            raise NoFile
        if len(files) > MOST_AT_ONCE:
            raise TooManyFiles(limit=MOST_AT_ONCE)
        await self.workflow.require_visible(ticket_id)
        async with elevated(self.work, Command.ATTACH_FILE):
            ticket = await self._locked(ticket_id)
            if await FileService(self.work, self.store).count(ticket_id) + len(files) > MOST_OF_TICKET:
                raise TooManyFiles(limit=MOST_OF_TICKET)
            owner = FileOwner(
                subject_kind=SUBJECT,
                subject_id=ticket.id,
                client_id=ticket.client_id,
                reporter_id=ticket.reporter_id,
            )
            kept = [FileSummary.of(await store_file(self.work, self.store, file, owner)) for file in files]
            self.workflow.line(ticket, "file", files=[msgspec.to_builtins(file) for file in kept])
            self.workflow.changed(ticket, "file")
        return kept

    async def _locked(self, ticket_id: UUID) -> Ticket:
        found = await self.work.session.get(
            Ticket, (self.work.tenant_id, ticket_id), with_for_update=True, populate_existing=True
        )
        if found is None:
            raise NotFound
        return found


async def may_read_ticket(work: UnitOfWork, ticket_id: UUID) -> bool:
    """Whether the actor may see the ticket, and so its files."""
    return work.actor.may(Permission.TICKET_READ) and await repository.visible(work.session, work.actor, ticket_id)

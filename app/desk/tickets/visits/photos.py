"""Photos of a visit, taken before and after the work; printed in its report (T7, T8)."""

from collections.abc import Sequence
from enum import StrEnum
from uuid import UUID

import msgspec

from app.desk.tickets import repository
from app.desk.tickets.errors import NotAPhoto, TooManyPhotos
from app.desk.tickets.service_reports.content import photos_of
from app.desk.tickets.visits.access import visit_of_worker
from app.desk.tickets.visits.schemas import VisitPhoto
from app.desk.tickets.workflow.workflow import Workflow
from app.platform.files import FileOwner, FileStore, FileSummary, SafeFile, StoredFile, store_file
from app.platform.kernel.errors import NotFound
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission

MOST_OF_VISIT = 12


class PhotoKind(StrEnum):
    """When a photo was taken."""

    BEFORE = "before"
    AFTER = "after"


class VisitPhotoService:
    """Stores the engineer's photos."""

    def __init__(self, work: UnitOfWork, store: FileStore) -> None:
        self.work = work
        self.store = store
        self.workflow = Workflow(work)

    async def add(self, visit_id: UUID, kind: PhotoKind, files: Sequence[SafeFile]) -> list[VisitPhoto]:
        """Attach photos to the visit; whoever sees the ticket sees them. Duplicates (by SHA-256) are skipped.

        Raises:
            NotFound: the visit is another engineer's.
            NotAPhoto: a document was sent, or nothing.
            TooManyPhotos
        """
        self.work.require_writable()
        visit = await visit_of_worker(self.work, visit_id)
        ticket = await self.workflow.ticket(visit.ticket_id)
        if not files or any(not file.media_type.startswith("image/") for file in files):
            raise NotAPhoto(fields={"photos": NotAPhoto.text})
        known = {photo.sha256 for photo in await photos_of(self.work.session, visit_id)}
        new = {file.sha256: file for file in files if file.sha256 not in known}
        if len(known) + len(new) > MOST_OF_VISIT:
            raise TooManyPhotos(limit=MOST_OF_VISIT)
        owner = FileOwner(
            subject_kind=f"visit_{kind}",
            subject_id=visit.id,
            client_id=visit.client_id,
            reporter_id=visit.reporter_id,
        )
        kept = [FileSummary.of(await store_file(self.work, self.store, file, owner)) for file in new.values()]
        if kept:
            self.workflow.line(ticket, "file", files=[msgspec.to_builtins(file) for file in kept])
            self.workflow.changed(ticket, "file")
        return [VisitPhoto(kind, file) for file in kept]

    async def of_visit(self, visit_id: UUID) -> list[VisitPhoto]:
        """All photos of a visit.

        Raises:
            NotFound: no such visit for this actor.
        """
        if not await may_read_visit(self.work, visit_id):
            raise NotFound
        found = await photos_of(self.work.session, visit_id)
        return [VisitPhoto(_kind_of(photo), FileSummary.of(photo)) for photo in found]


def _kind_of(photo: StoredFile) -> PhotoKind:
    return PhotoKind(photo.subject_kind.removeprefix("visit_"))


async def may_read_visit(work: UnitOfWork, visit_id: UUID) -> bool:
    """Whether the actor may see the visit's ticket, and so its photos."""
    visit = await repository.visit(work.session, visit_id, locked=False)
    return (
        visit is not None
        and work.actor.may(Permission.TICKET_READ)
        and await repository.visible(work.session, work.actor, visit.ticket_id)
    )

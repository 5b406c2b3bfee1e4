"""Consent to work on disks, and what became of bad ones (C5).

The owner of the data is present and agrees before it is touched; a bad disk is wiped on the spot before it is taken
away, or stays with the client [S3 §3.9.5, S2 §1.1.5.2.6].
"""

from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.desk.tickets import repository
from app.desk.tickets.models import DataHandlingRecord, Visit
from app.desk.tickets.visits.access import visit_of_worker
from app.desk.tickets.visits.schemas import DataHandling
from app.platform.kernel.errors import Invalid, NotFound
from app.platform.kernel.input_text import LINE, TEXT, Input
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission


class DataHandlingKind(StrEnum):
    """Kind of a data-handling record."""

    CONSENT = "consent"
    REFUSAL = "refusal"
    WIPED = "wiped"
    RETAINED = "retained"


KIND_NAMES: Final = {
    DataHandlingKind.CONSENT: N_("同意处理硬盘上的数据"),
    DataHandlingKind.REFUSAL: N_("不同意处理数据"),
    DataHandlingKind.WIPED: N_("坏盘现场清除后带走"),
    DataHandlingKind.RETAINED: N_("坏盘留给客户"),
}
_STATEMENTS: Final = (DataHandlingKind.CONSENT, DataHandlingKind.REFUSAL)


class DataHandlingCreate(Input, frozen=True, forbid_unknown_fields=True):
    """`person_name` is who at the client said so; a disk is named by its serial number."""

    kind: DataHandlingKind
    person_name: Annotated[str, LINE, msgspec.Meta(min_length=1, max_length=80)]
    disk_serial: Annotated[str, LINE, msgspec.Meta(max_length=80)] = ""
    remark: Annotated[str, TEXT, msgspec.Meta(max_length=1000)] = ""


class ConsentService:
    """Data-handling records: written by the visit's engineer, read by whoever sees the ticket."""

    def __init__(self, work: UnitOfWork) -> None:
        self.work = work

    async def record(self, visit_id: UUID, given: DataHandlingCreate) -> DataHandling:
        """
        Raises:
            Forbidden, NotFound: not this actor's visit.
            Invalid: no name, or a disk without its serial number.
        """
        work = self.work
        work.require_writable()
        visit = await visit_of_worker(work, visit_id, locked=False)
        problems = {}
        if not given.person_name.strip():
            problems["person_name"] = N_("请填写客户在场的人。")
        if given.kind not in _STATEMENTS and not given.disk_serial.strip():
            problems["disk_serial"] = N_("请填写硬盘的序列号。")
        if problems:
            raise Invalid(fields=problems)
        row = DataHandlingRecord(
            tenant_id=visit.tenant_id,
            id=work.new_id(),
            client_id=visit.client_id,
            reporter_id=visit.reporter_id,
            ticket_id=visit.ticket_id,
            visit_id=visit.id,
            kind=given.kind.value,
            person_name=given.person_name.strip(),
            disk_serial=given.disk_serial.strip(),
            remark=given.remark.strip(),
            recorded_at=work.now,
            recorded_by=work.actor.membership_id,
            recorded_by_name=work.actor.display_name,
        )
        work.session.add(row)
        work.audit("ticket.data_handling_recorded", "ticket", visit.ticket_id, kind=row.kind, visit=visit.id)
        return _to_view(row)

    async def of_visit(self, visit_id: UUID) -> list[DataHandling]:
        """The records of one visit, oldest first.

        Raises:
            NotFound: no such visit for this actor.
        """
        self.work.actor.require(Permission.TICKET_READ)
        ticket_id = await self.work.session.scalar(select(Visit.ticket_id).where(Visit.id == visit_id))
        if ticket_id is None or not await repository.visible(self.work.session, self.work.actor, ticket_id):
            raise NotFound
        rows = await self.work.session.scalars(
            select(DataHandlingRecord)
            .where(DataHandlingRecord.visit_id == visit_id)
            .order_by(DataHandlingRecord.recorded_at, DataHandlingRecord.id)
        )
        return [_to_view(row) for row in rows]


async def consented(session: AsyncSession, visit_id: UUID) -> bool:
    """Whether the visit's latest statement about the data is a consent."""
    last = await session.scalar(
        select(DataHandlingRecord.kind)
        .where(
            DataHandlingRecord.visit_id == visit_id, DataHandlingRecord.kind.in_([kind.value for kind in _STATEMENTS])
        )
        .order_by(DataHandlingRecord.recorded_at.desc(), DataHandlingRecord.id.desc())
        .limit(1)
    )
    return last == DataHandlingKind.CONSENT


def _to_view(row: DataHandlingRecord) -> DataHandling:
    return DataHandling(
        row.id, row.kind, row.person_name, row.disk_serial, row.remark, row.recorded_at, row.recorded_by_name
    )

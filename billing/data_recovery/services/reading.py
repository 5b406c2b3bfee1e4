"""Reading cases: at the company those of the clients that one looks after or is on, at the client its own."""

from collections.abc import Collection, Sequence
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.platform.documents import Printable, newest_edition, printable
from app.platform.files import FileSummary, StoredFile
from app.platform.kernel.columns import view_of
from app.platform.kernel.errors import NotFound
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.promises import PromiseService
from billing.data_recovery.documents import CUSTODY_RECEIPT, DISPOSAL_CERTIFICATE
from billing.data_recovery.fees import FeeReason, FeeTerms, FileOutcome, Tally
from billing.data_recovery.models import (
    CustodyEntry,
    CustodyReceipt,
    DisposalCertificate,
    RecoveredFile,
    RecoveryCase,
    RecoveryMedium,
    RecoveryPerson,
)
from billing.data_recovery.permissions import RecoveryPermission
from billing.data_recovery.promises import KIND
from billing.data_recovery.schemas import (
    CustodyKind,
    CustodyView,
    MediumView,
    PersonView,
    ReceiptView,
    RecoveredFileView,
    RecoveryCaseView,
    RecoverySummary,
)
from billing.data_recovery.services.records import is_on_case, media_of, side_of
from billing.data_recovery.states import (
    CLIENT,
    OVER,
    RECOVERY_CASE,
    MediumRole,
    MediumState,
    RecoveryMove,
    RecoveryState,
)

PHOTO: Final = "recovery_photo"
"""What photos of the media hang on, with the case's id."""
MOST_CASES: Final = 200
CASE_ROWS: Final[Any] = select(RecoveryCase)
_PERMISSIONS: Final = {
    RecoveryMove.RECEIVE: RecoveryPermission.RECOVERY_CASE_WORK,
    RecoveryMove.CANCEL: RecoveryPermission.RECOVERY_CASE_WORK,
    RecoveryMove.DIAGNOSE: RecoveryPermission.RECOVERY_CASE_WORK,
    RecoveryMove.QUOTE: RecoveryPermission.RECOVERY_CASE_WRITE,
    RecoveryMove.START: RecoveryPermission.RECOVERY_CASE_WORK,
    RecoveryMove.REPORT: RecoveryPermission.RECOVERY_CASE_WORK,
    RecoveryMove.ACCEPT: RecoveryPermission.RECOVERY_CASE_DECIDE,
    RecoveryMove.DISPUTE: RecoveryPermission.RECOVERY_CASE_DECIDE,
}


class RecoveryCases:
    """Cases that the actor may see.

    Raises:
        Forbidden: without `recovery_case:read`.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(RecoveryPermission.RECOVERY_CASE_READ)
        self._work = work

    async def get(self, case_id: UUID) -> RecoveryCaseView:
        """
        Raises:
            NotFound: no such case for this actor.
        """
        work = self._work
        case = await self._row(case_id)
        on_case = await is_on_case(work, case_id, work.actor.membership_id) is not None
        receipt = await newest_edition(work.session, CUSTODY_RECEIPT, case_id)
        return view_of(
            RecoveryCaseView,
            case,
            state=RecoveryState(case.state),
            fee_terms=msgspec.convert(case.fee_terms, FeeTerms) if case.fee_terms else None,
            fee_reason=FeeReason(case.fee_reason) if case.fee_reason else None,
            tally=Tally(case.files_recovered, case.files_partial, case.files_lost),
            media=await self._media(case_id),
            custody=await self._custody(case_id),
            people=await self._people(case_id),
            photos=await self._photos(case_id),
            receipt=view_of(ReceiptView, receipt) if receipt else None,
            clocks=(await PromiseService(work).explain(KIND, [case_id]))[case_id],
            moves=self._moves(case, on_case=on_case),
            on_case=on_case,
        )

    async def of_client(self, client_id: UUID) -> list[RecoverySummary]:
        """The newest first."""
        rows = await self._work.session.scalars(
            CASE_ROWS.where(RecoveryCase.client_id == client_id)
            .order_by(RecoveryCase.opened_at.desc(), RecoveryCase.id.desc())
            .limit(MOST_CASES)
        )
        return [summary_of(row) for row in rows]

    async def mine(self) -> list[RecoverySummary]:
        """Those that the actor is on and that are not over, the oldest first."""
        on_case = select(RecoveryPerson.case_id).where(
            RecoveryPerson.membership_id == self._work.actor.membership_id, RecoveryPerson.left_at.is_(None)
        )
        rows = await self._work.session.scalars(
            CASE_ROWS.where(RecoveryCase.id.in_(on_case), RecoveryCase.state.not_in(OVER))
            .order_by(RecoveryCase.opened_at, RecoveryCase.id)
            .limit(MOST_CASES)
        )
        return [summary_of(row) for row in rows]

    async def files(self, case_id: UUID) -> list[RecoveredFileView]:
        """The list of results by the files' names: for the case's people and those of the client who accept results;
        empty for others, and for the client until it is reported.

        Raises:
            NotFound: no such case for this actor.
        """
        case = await self._row(case_id)
        if side_of(self._work) == CLIENT and case.reported_at is None:
            return []
        rows = await self._work.session.scalars(
            select(RecoveredFile).where(RecoveredFile.case_id == case_id).order_by(RecoveredFile.position)
        )
        return [view_of(RecoveredFileView, row, outcome=FileOutcome(row.outcome)) for row in rows]

    async def receipt(self, receipt_id: UUID) -> Printable:
        """
        Raises:
            NotFound: no such receipt for this actor.
        """
        row = await self._work.session.scalar(select(CustodyReceipt).where(CustodyReceipt.id == receipt_id))
        if row is None:
            raise NotFound
        return await printable(self._work.session, CUSTODY_RECEIPT, row)

    async def certificate(self, certificate_id: UUID) -> Printable:
        """
        Raises:
            NotFound: no such certificate for this actor.
        """
        row = await self._work.session.scalar(
            select(DisposalCertificate).where(DisposalCertificate.id == certificate_id)
        )
        if row is None:
            raise NotFound
        return await printable(self._work.session, DISPOSAL_CERTIFICATE, row)

    async def _row(self, case_id: UUID) -> RecoveryCase:
        case: RecoveryCase | None = await self._work.session.scalar(CASE_ROWS.where(RecoveryCase.id == case_id))
        if case is None:
            raise NotFound
        return case

    async def _media(self, case_id: UUID) -> list[MediumView]:
        certificates = await self._work.session.execute(
            select(DisposalCertificate.medium_id, DisposalCertificate.id).where(DisposalCertificate.case_id == case_id)
        )
        found: dict[UUID, UUID] = {row.medium_id: row.id for row in certificates}
        return [_medium_view(each, found.get(each.id)) for each in await media_of(self._work, case_id)]

    async def _custody(self, case_id: UUID) -> list[CustodyView]:
        rows = await self._work.session.scalars(
            select(CustodyEntry)
            .where(CustodyEntry.case_id == case_id)
            .order_by(CustodyEntry.occurred_at, CustodyEntry.medium_id, CustodyEntry.number)
        )
        return [view_of(CustodyView, row, kind=CustodyKind(row.kind)) for row in rows]

    async def _people(self, case_id: UUID) -> list[PersonView]:
        rows = await self._work.session.scalars(
            select(RecoveryPerson)
            .where(RecoveryPerson.case_id == case_id)
            .order_by(RecoveryPerson.joined_at, RecoveryPerson.id)
        )
        return [view_of(PersonView, row) for row in rows]

    async def _photos(self, case_id: UUID) -> list[FileSummary]:
        return [FileSummary.of(row) for row in await photos_of(self._work, case_id)]

    def _moves(self, case: RecoveryCase, *, on_case: bool) -> list[RecoveryMove]:
        actor = self._work.actor
        if actor.read_only:
            return []
        side = side_of(self._work)
        return [move for move in RECOVERY_CASE.moves_from(case.state, side) if self._may(move, on_case=on_case)]

    def _may(self, move: RecoveryMove, *, on_case: bool) -> bool:
        actor = self._work.actor
        wanted = _stops(side_of(self._work)) if move is RecoveryMove.STOP else _PERMISSIONS[move]
        return actor.may(wanted) and (on_case or wanted != RecoveryPermission.RECOVERY_CASE_WORK)


def _stops(side: str) -> RecoveryPermission:
    if side == CLIENT:
        return RecoveryPermission.RECOVERY_CASE_DECIDE
    return RecoveryPermission.RECOVERY_CASE_WRITE


def summary_of(case: RecoveryCase) -> RecoverySummary:
    """A case in a list."""
    return view_of(RecoverySummary, case, state=RecoveryState(case.state))


async def photos_of(work: UnitOfWork, case_id: UUID) -> Sequence[StoredFile]:
    """The photos of a case's media, the oldest first."""
    rows = await work.session.scalars(
        select(StoredFile)
        .where(StoredFile.subject_kind == PHOTO, StoredFile.subject_id == case_id)
        .order_by(StoredFile.created_at, StoredFile.id)
    )
    return rows.all()


async def may_read_case(work: UnitOfWork, case_id: UUID) -> bool:
    """Whether the actor may see the case, and so its photos."""
    if not work.actor.may(RecoveryPermission.RECOVERY_CASE_READ):
        return False
    return await work.session.scalar(select(RecoveryCase.id).where(RecoveryCase.id == case_id)) is not None


async def numbers_of(session: AsyncSession, case_ids: Collection[UUID]) -> dict[UUID, str]:
    """The numbers of some cases, for the audit log."""
    rows = await session.execute(select(RecoveryCase.id, RecoveryCase.number).where(RecoveryCase.id.in_(case_ids)))
    return {row.id: row.number for row in rows}


def _medium_view(row: RecoveryMedium, certificate_id: UUID | None) -> MediumView:
    return view_of(
        MediumView, row, role=MediumRole(row.role), state=MediumState(row.state), certificate_id=certificate_id
    )

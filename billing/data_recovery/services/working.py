"""The work on a case: diagnosis, the beginning after the approval, the list of results."""

import hashlib
from collections.abc import Sequence
from uuid import UUID

import msgspec
from sqlalchemy import delete

from app.platform.kernel.errors import Invalid
from app.platform.kernel.texts import N_, FilledText
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.promises import PromiseService
from billing.data_recovery.errors import RecoveryMoveRefused, ResultEmpty
from billing.data_recovery.events import RecoveryReported
from billing.data_recovery.fees import tally_of
from billing.data_recovery.models import RecoveredFile, RecoveryCase
from billing.data_recovery.permissions import RecoveryPermission
from billing.data_recovery.promises import DIAGNOSIS, RESULT, subject_of
from billing.data_recovery.schemas import CaseVersion, DiagnosisWrite, FileResult, ResultReport, ResultWrite
from billing.data_recovery.services.records import (
    locked_case,
    move_case,
    require_authorised,
    require_on_case,
)
from billing.data_recovery.states import STAFF, RecoveryMove, RecoveryState

NAME_TWICE = N_("清单里有两行是同一个文件：%(path)s")


class RecoveryWork:
    """Work on cases: by their people, in a company that is authorised for it.

    Raises:
        Forbidden: without `recovery_case:work`, and while the company is suspended.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(RecoveryPermission.RECOVERY_CASE_WORK)
        work.require_writable()
        self._work = work

    async def diagnose(self, case_id: UUID, found: DiagnosisWrite) -> None:
        """Write down what was found; the promised diagnosis is done.

        Raises:
            NotFound, NotOnCase, StaleVersion, RecoveryMoveRefused, RecoveryNotAuthorised
        """
        work = self._work
        case = await self._of_ours(case_id, found.version)
        move_case(case, RecoveryMove.DIAGNOSE, STAFF)
        case.findings, case.probability = found.findings, found.probability
        case.diagnosed_at, case.diagnosed_by_name = work.now, work.actor.display_name
        await PromiseService(work).meet(subject_of(case), DIAGNOSIS)
        work.audit("recovery_case.diagnosed", "recovery_case", case.id, number=case.number)
        await work.session.flush()

    async def start(self, case_id: UUID, given: CaseVersion) -> None:
        """Begin: the client's approver has agreed.

        Raises:
            NotFound, NotOnCase, StaleVersion, RecoveryMoveRefused, RecoveryNotAuthorised
        """
        work = self._work
        case = await self._of_ours(case_id, given.version)
        move_case(case, RecoveryMove.START, STAFF)
        work.audit("recovery_case.started", "recovery_case", case.id, number=case.number)
        await work.session.flush()

    async def write_files(self, case_id: UUID, wanted: ResultWrite) -> None:
        """The list of results, in place of the one before. The log says how many, never which.

        Raises:
            NotFound, NotOnCase, StaleVersion, RecoveryNotAuthorised
            RecoveryMoveRefused: nothing is worked on.
            Invalid: a file stands there twice.
        """
        work = self._work
        case = await self._of_ours(case_id, wanted.version)
        if case.state != RecoveryState.WORKING:
            raise RecoveryMoveRefused
        _require_once(wanted.files)
        await work.session.execute(delete(RecoveredFile).where(RecoveredFile.case_id == case_id))
        work.session.add_all(
            RecoveredFile(
                tenant_id=work.tenant_id,
                id=work.new_id(),
                client_id=case.client_id,
                case_id=case.id,
                position=position,
                path=each.path,
                outcome=each.outcome,
                remark=each.remark,
            )
            for position, each in enumerate(wanted.files, 1)
        )
        tally = tally_of(each.outcome for each in wanted.files)
        case.files_recovered, case.files_partial, case.files_lost = tally.recovered, tally.partial, tally.lost
        case.result_hash = hash_of(wanted.files)
        case.version += 1
        work.audit("recovery_case.result_written", "recovery_case", case.id, files=tally.total)
        await work.session.flush()

    async def report(self, case_id: UUID, given: ResultReport) -> None:
        """The list goes to the client; the promised result is there.

        Raises:
            NotFound, NotOnCase, StaleVersion, RecoveryMoveRefused, RecoveryNotAuthorised
            ResultEmpty: nothing was written about any file.
        """
        work = self._work
        case = await self._of_ours(case_id, given.version)
        move_case(case, RecoveryMove.REPORT, STAFF)
        if not case.result_hash or not case.files_recovered + case.files_partial + case.files_lost:
            raise ResultEmpty
        case.result_words, case.reported_at = given.words, work.now
        await PromiseService(work).meet(subject_of(case), RESULT)
        work.audit("recovery_case.reported", "recovery_case", case.id, number=case.number)
        work.publish(RecoveryReported(case_id=case.id, client_id=case.client_id))
        await work.session.flush()

    async def _of_ours(self, case_id: UUID, seen: int) -> RecoveryCase:
        case = await locked_case(self._work, case_id, seen)
        await require_on_case(self._work, case_id)
        await require_authorised(self._work)
        return case


def hash_of(files: Sequence[FileResult]) -> str:
    """SHA-256 of a list of results, which the client accepts by it."""
    return hashlib.sha256(msgspec.json.encode(files, order="deterministic")).hexdigest()


def _require_once(files: Sequence[FileResult]) -> None:
    seen = set[str]()
    for each in files:
        if each.path in seen:
            raise Invalid(fields={"files": FilledText(NAME_TWICE, path=each.path[:80])})
        seen.add(each.path)

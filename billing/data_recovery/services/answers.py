"""What ends the work: the client accepts the result, or the media are wanted back before there is one."""

from uuid import UUID

from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.promises import PromiseService
from billing.data_recovery.charging import charge_case
from billing.data_recovery.errors import MediumMoveRefused, RecoveryMoveRefused, ResultChanged
from billing.data_recovery.events import RecoveryDecided
from billing.data_recovery.fees import Tally
from billing.data_recovery.models import RecoveryCase
from billing.data_recovery.permissions import RecoveryPermission
from billing.data_recovery.promises import RESULT, subject_of
from billing.data_recovery.schemas import CaseReason, CaseVersion, ResultDecision
from billing.data_recovery.services.quoting import settle_quote
from billing.data_recovery.services.reading import RecoveryCases
from billing.data_recovery.services.records import (
    close_if_empty,
    drop_promises,
    is_original,
    locked_case,
    medium_of,
    move_case,
    side_of,
)
from billing.data_recovery.states import CLIENT, OVER, RECOVERY_CASE, MediumState, RecoveryMove
from tenants.context import Command, elevated


class RecoveryAnswers:
    """What the client says of its own cases.

    Raises:
        Forbidden: without `recovery_case:decide`.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(RecoveryPermission.RECOVERY_CASE_DECIDE)
        work.require_writable()
        self._work = work

    async def accept(self, case_id: UUID, given: ResultDecision) -> None:
        """The list of results is accepted, and the fee is due by the rule.

        Raises:
            NotFound, RecoveryMoveRefused
            ResultChanged: the list is another than the one that was read.
        """
        work = self._work
        await self._seen(case_id)
        async with elevated(work, Command.DECIDE_RECOVERY):
            case = await locked_case(work, case_id)
            RECOVERY_CASE.require(RecoveryMove.ACCEPT, case.state, CLIENT)
            if case.result_hash != given.result_hash:
                raise ResultChanged
            move_case(case, RecoveryMove.ACCEPT, CLIENT)
            _decided(work, case, RecoveryMove.ACCEPT, given.words, work.actor.display_name)
            await charge_case(work, case, Tally(case.files_recovered, case.files_partial, case.files_lost))
            await drop_promises(work, case)
            work.audit("recovery_case.accepted", "recovery_case", case.id, number=case.number)
            await work.session.flush()
            await close_if_empty(work, case)

    async def dispute(self, case_id: UUID, given: CaseReason) -> None:
        """The list of results goes back, with the reason; the work goes on, and with it its clock.

        Raises:
            NotFound, StaleVersion, RecoveryMoveRefused
        """
        work = self._work
        await self._seen(case_id)
        async with elevated(work, Command.DECIDE_RECOVERY):
            case = await locked_case(work, case_id, given.version)
            move_case(case, RecoveryMove.DISPUTE, CLIENT)
            _decided(work, case, RecoveryMove.DISPUTE, given.reason, work.actor.display_name)
            await PromiseService(work).reopen(subject_of(case), RESULT)
            work.audit("recovery_case.disputed", "recovery_case", case.id, number=case.number)
            await work.session.flush()

    async def want_back(self, case_id: UUID, given: CaseReason) -> None:
        """The client wants its media back before there is a result.

        Raises:
            NotFound, StaleVersion, RecoveryMoveRefused
        """
        work = self._work
        await self._seen(case_id)
        async with elevated(work, Command.DECIDE_RECOVERY):
            case = await locked_case(work, case_id, given.version)
            await stop_case(work, case, given.reason, by_name=work.actor.display_name)

    async def agree_to_destruction(self, case_id: UUID, medium_id: UUID, given: CaseVersion) -> None:
        """A medium of the client need not come back: it may be destroyed when the work is over. Said again, nothing
        changes.

        Raises:
            NotFound, StaleVersion
            MediumMoveRefused: it is a working copy, or has gone.
        """
        work = self._work
        await self._seen(case_id)
        async with elevated(work, Command.DECIDE_RECOVERY):
            case = await locked_case(work, case_id, given.version)
            medium = await medium_of(work, case, medium_id)
            if not is_original(medium) or medium.state != MediumState.HELD or case.state in OVER:
                raise MediumMoveRefused
            if medium.destruction_agreed_at is None:
                medium.destruction_agreed_at, medium.destruction_agreed_by = work.now, work.actor.display_name
                case.version += 1
                work.audit("recovery_medium.destruction_agreed", "recovery_case", case.id, number=case.number)
                await work.session.flush()

    async def _seen(self, case_id: UUID) -> None:
        """The case is looked up in the client's own ring first. Staff do not decide in the client's name.

        Raises:
            NotFound, RecoveryMoveRefused
        """
        await RecoveryCases(self._work).get(case_id)
        if side_of(self._work) != CLIENT:
            raise RecoveryMoveRefused


class RecoveryStops:
    """The company stops a case: the client asked for its media, or nothing can be done.

    Raises:
        Forbidden: without `recovery_case:write`, and while the company is suspended.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(RecoveryPermission.RECOVERY_CASE_WRITE)
        work.require_writable()
        self._work = work

    async def stop(self, case_id: UUID, given: CaseReason) -> None:
        """
        Raises:
            NotFound, StaleVersion, RecoveryMoveRefused
        """
        case = await locked_case(self._work, case_id, given.version)
        await stop_case(self._work, case, given.reason, by_name=self._work.actor.display_name)


async def stop_case(work: UnitOfWork, case: RecoveryCase, reason: str, *, by_name: str) -> None:
    """The locked case ends without a result: a quote that waits is withdrawn, what the client had approved costs what
    the rule says of a stop, the media are to go back.

    Raises:
        RecoveryMoveRefused
    """
    RECOVERY_CASE.require(RecoveryMove.STOP, case.state)
    await settle_quote(work, case)
    move_case(case, RecoveryMove.STOP, "")
    _decided(work, case, RecoveryMove.STOP, reason, by_name)
    await charge_case(work, case, None)
    await drop_promises(work, case)
    work.audit("recovery_case.stopped", "recovery_case", case.id, number=case.number)
    await work.session.flush()


def _decided(work: UnitOfWork, case: RecoveryCase, move: RecoveryMove, words: str, by_name: str) -> None:
    case.decision, case.decided_at, case.decided_by_name = words, work.now, by_name
    work.publish(RecoveryDecided(case_id=case.id, client_id=case.client_id, move=move))

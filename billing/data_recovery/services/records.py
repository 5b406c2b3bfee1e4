"""What all use cases of recovery cases share: the locked case, who is on it, the chain of custody, the end."""

from collections.abc import Sequence
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import func, select

from app.platform.kernel.actor import ActorKind, Scope
from app.platform.kernel.errors import NotFound, StaleVersion
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.promises import PromiseService
from billing.data_recovery.errors import NotOnCase, RecoveryNotAuthorised
from billing.data_recovery.models import CustodyEntry, RecoveryCase, RecoveryMedium, RecoveryPerson
from billing.data_recovery.promises import subject_of
from billing.data_recovery.schemas import CustodyKind
from billing.data_recovery.states import (
    CLIENT,
    ENDED,
    PLATFORM,
    RECOVERY_CASE,
    STAFF,
    WITH_ORIGINALS,
    MediumRole,
    MediumState,
    RecoveryMove,
)
from tenants.partners import authorised_categories

CATEGORY: Final = "data_recovery"
"""The service category that headquarters authorises a company for (N2)."""


class Link(NamedTuple):
    """A link to be added to a medium's chain."""

    kind: CustodyKind
    to_name: str
    place: str
    from_name: str
    to_id: UUID | None = None
    signed_by: str = ""
    signature_file_id: UUID | None = None
    remark: str = ""


async def require_authorised(work: UnitOfWork) -> None:
    """
    Raises:
        RecoveryNotAuthorised: headquarters has not authorised the company for data recovery.
    """
    if CATEGORY not in await authorised_categories(work):
        raise RecoveryNotAuthorised


def side_of(work: UnitOfWork) -> str:
    """Which of the two sides of a case the actor is on."""
    if work.actor.kind is ActorKind.SYSTEM:
        return PLATFORM
    return STAFF if work.actor.scope is Scope.TENANT else CLIENT


async def locked_case(work: UnitOfWork, case_id: UUID, seen: int | None = None) -> RecoveryCase:
    """The case, which nobody else changes until this transaction ends.

    Raises:
        NotFound: no such case for this actor.
        StaleVersion: it is another than the one that was `seen`.
    """
    case = await work.session.scalar(
        select(RecoveryCase)
        .where(RecoveryCase.id == case_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if case is None:
        raise NotFound
    if seen is not None and case.version != seen:
        raise StaleVersion
    return case


async def is_on_case(work: UnitOfWork, case_id: UUID, membership_id: UUID | None) -> RecoveryPerson | None:
    """The person on the case, if they are on it."""
    found: RecoveryPerson | None = await work.session.scalar(
        select(RecoveryPerson).where(
            RecoveryPerson.case_id == case_id,
            RecoveryPerson.membership_id == membership_id,
            RecoveryPerson.left_at.is_(None),
        )
    )
    return found


async def require_on_case(work: UnitOfWork, case_id: UUID, membership_id: UUID | None = None) -> RecoveryPerson:
    """The actor, or the member of that id, as one of the case's people.

    Raises:
        NotOnCase
    """
    person = await is_on_case(work, case_id, membership_id or work.actor.membership_id)
    if person is None:
        raise NotOnCase
    return person


def move_case(case: RecoveryCase, move: RecoveryMove, side: str) -> None:
    """
    Raises:
        RecoveryMoveRefused
    """
    case.state = RECOVERY_CASE.after(move, case.state, side)
    case.version += 1


async def media_of(work: UnitOfWork, case_id: UUID) -> Sequence[RecoveryMedium]:
    """The media of a case, in their order."""
    found = await work.session.scalars(
        select(RecoveryMedium).where(RecoveryMedium.case_id == case_id).order_by(RecoveryMedium.position)
    )
    return found.all()


async def medium_of(work: UnitOfWork, case: RecoveryCase, medium_id: UUID) -> RecoveryMedium:
    """A medium of the locked case.

    Raises:
        NotFound: the case has none such.
    """
    medium = await work.session.scalar(
        select(RecoveryMedium).where(RecoveryMedium.case_id == case.id, RecoveryMedium.id == medium_id)
    )
    if medium is None:
        raise NotFound
    return medium


async def add_link(work: UnitOfWork, medium: RecoveryMedium, link: Link) -> CustodyEntry:
    """The next link of the chain. The caller holds the case."""
    last = await work.session.scalar(select(func.max(CustodyEntry.number)).where(CustodyEntry.medium_id == medium.id))
    entry = CustodyEntry(
        tenant_id=medium.tenant_id,
        id=work.new_id(),
        client_id=medium.client_id,
        case_id=medium.case_id,
        medium_id=medium.id,
        number=(last or 0) + 1,
        kind=link.kind,
        from_name=link.from_name,
        to_id=link.to_id,
        to_name=link.to_name,
        place=link.place,
        occurred_at=work.now,
        recorded_by_name=work.actor.display_name,
        signed_by=link.signed_by,
        signature_file_id=link.signature_file_id,
        remark=link.remark,
    )
    work.session.add(entry)
    medium.holder_id, medium.holder_name = link.to_id, link.to_name if link.to_id else ""
    await work.session.flush()
    return entry


async def is_out_of_media(work: UnitOfWork, case: RecoveryCase) -> bool:
    """Whether there is nothing left to work on: neither an original nor a working copy is with the company."""
    return case.state in WITH_ORIGINALS and not any(
        each.state == MediumState.HELD for each in await media_of(work, case.id)
    )


async def close_if_empty(work: UnitOfWork, case: RecoveryCase) -> None:
    """A case that has ended is closed when the last medium has left: the client's and the working copies."""
    if case.state not in ENDED or any(each.state == MediumState.HELD for each in await media_of(work, case.id)):
        return
    move_case(case, RecoveryMove.CLOSE, PLATFORM)
    case.closed_at = work.now
    work.audit("recovery_case.closed", "recovery_case", case.id, number=case.number)
    await work.session.flush()


async def drop_promises(work: UnitOfWork, case: RecoveryCase) -> None:
    """Nothing more is promised by a time."""
    await PromiseService(work).cancel(subject_of(case))


def is_original(medium: RecoveryMedium) -> bool:
    """Whether it is the client's own."""
    return medium.role == MediumRole.ORIGINAL

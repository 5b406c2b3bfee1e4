"""The chain of custody after the receipt: hand-overs, working copies, the way back and the destruction."""

from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from app.platform.documents import Signing, keep_signature, sign, up_to_date
from app.platform.files import FileOwner, FileStore
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.data_recovery.documents import DISPOSAL_CERTIFICATE, CertificateContent
from billing.data_recovery.errors import (
    CopyStays,
    DestructionNotAgreed,
    HandoverToSelf,
    MediumInCustody,
    MediumMoveRefused,
    WitnessMissing,
)
from billing.data_recovery.events import DisposalCertified
from billing.data_recovery.models import CustodyEntry, DisposalCertificate, RecoveryCase, RecoveryMedium
from billing.data_recovery.permissions import RecoveryPermission
from billing.data_recovery.schemas import CopyWrite, CustodyKind, Handover, MediumDestruction, MediumReturn
from billing.data_recovery.services.answers import stop_case
from billing.data_recovery.services.reception import printed_medium
from billing.data_recovery.services.records import (
    Link,
    add_link,
    close_if_empty,
    is_original,
    is_out_of_media,
    locked_case,
    medium_of,
    require_authorised,
    require_on_case,
)
from billing.data_recovery.states import (
    ENDED,
    OVER,
    RECOVERY_MEDIUM,
    MediumMove,
    MediumRole,
    MediumState,
    RecoveryState,
)
from tenants.models import Tenant

SIGNATURE: Final = "custody_entry"
"""What the signature of a hand-over hangs on, with the case's id."""
TAKEN_BACK: Final = "客户取回了全部介质。"


class _Disposal(NamedTuple):
    """What the certificate says of the way a medium went."""

    place: str
    receiver_name: str = ""
    method: str = ""
    witness_name: str = ""
    remark: str = ""


class Custody:
    """Media in the company's hands. Only the case's people touch them.

    Raises:
        Forbidden: without `recovery_case:work`, and while the company is suspended.
    """

    def __init__(self, work: UnitOfWork, store: FileStore) -> None:
        work.actor.require(RecoveryPermission.RECOVERY_CASE_WORK)
        work.require_writable()
        self._work, self._store = work, store

    async def hand_over(self, case_id: UUID, medium_id: UUID, wanted: Handover) -> None:
        """The medium goes to a colleague on the case, who signs for it.

        Raises:
            NotFound, NotOnCase
            MediumMoveRefused: it is not with the company.
            HandoverToSelf: it is there already.
            UnusableImage: the signature cannot be read, or nothing was written.
        """
        work = self._work
        case, medium = await self._held(case_id, medium_id)
        to = await require_on_case(work, case_id, wanted.to_id)
        if medium.holder_id == to.membership_id:
            raise HandoverToSelf(fields={"to_id": HandoverToSelf.text})
        owner = FileOwner(subject_kind=SIGNATURE, subject_id=case.id, client_id=case.client_id)
        name = f"{case.number}-{medium.position}.png"
        stored = await keep_signature(work, self._store, wanted.image, name, owner)
        link = Link(
            kind=CustodyKind.HANDED_OVER,
            from_name=medium.holder_name,
            to_id=to.membership_id,
            to_name=to.name,
            place=wanted.place,
            signed_by=to.name,
            signature_file_id=stored.id,
            remark=wanted.remark,
        )
        await add_link(work, medium, link)
        case.version += 1
        work.audit("recovery_medium.transferred", "recovery_case", case.id, number=case.number)
        await work.session.flush()

    async def add_copy(self, case_id: UUID, wanted: CopyWrite) -> UUID:
        """A working copy of the client's data came to be; it is in custody like an original. Its id.

        Raises:
            NotFound, NotOnCase, RecoveryNotAuthorised
            MediumMoveRefused: nothing is worked on.
            MediumInCustody: the medium is used for something else.
        """
        work = self._work
        case = await locked_case(work, case_id)
        person = await require_on_case(work, case_id)
        await require_authorised(work)
        if case.state != RecoveryState.WORKING:
            raise MediumMoveRefused
        last = await work.session.scalar(
            select(func.max(RecoveryMedium.position)).where(RecoveryMedium.case_id == case_id)
        )
        made: UUID | None = await work.session.scalar(
            insert(RecoveryMedium)
            .values(
                tenant_id=work.tenant_id,
                id=work.new_id(),
                client_id=case.client_id,
                case_id=case.id,
                position=(last or 0) + 1,
                role=MediumRole.COPY,
                kind=wanted.kind,
                serial=wanted.serial,
                capacity=wanted.capacity,
                condition="",
                accessories="",
                state=MediumState.HELD,
                holder_name="",
                destruction_agreed_by="",
            )
            .on_conflict_do_nothing()
            .returning(RecoveryMedium.id)
        )
        if made is None:
            raise MediumInCustody(serial=wanted.serial)
        link = Link(
            kind=CustodyKind.COPIED,
            from_name="",
            to_id=person.membership_id,
            to_name=person.name,
            place=wanted.place,
        )
        await add_link(work, await medium_of(work, case, made), link)
        case.version += 1
        work.audit("recovery_medium.created", "recovery_case", case.id, number=case.number)
        await work.session.flush()
        return made

    async def give_back(self, case_id: UUID, medium_id: UUID, wanted: MediumReturn) -> None:
        """The medium goes back to the client, whoever takes it signs, and its chain ends. Half-way too: work goes on
        while another medium or a working copy is left, else the case stops.

        Raises:
            NotFound, NotOnCase, MediumMoveRefused
            CopyStays: it is a working copy.
            UnusableImage: the signature cannot be read, or nothing was written.
        """
        work = self._work
        case, medium = await self._held(case_id, medium_id)
        if not is_original(medium):
            raise CopyStays
        disposal = _Disposal(place=wanted.place, receiver_name=wanted.receiver_name, remark=wanted.remark)
        certificate = await self._certificate(case, medium, disposal)
        signature = Signing(name=wanted.receiver_name[:60], content_hash=certificate.content_hash, image=wanted.image)
        await sign(work, self._store, DISPOSAL_CERTIFICATE, certificate, signature)
        link = Link(
            kind=CustodyKind.RETURNED,
            from_name=medium.holder_name,
            to_name=wanted.receiver_name,
            place=wanted.place,
            signed_by=wanted.receiver_name,
            signature_file_id=certificate.signature_file_id,
            remark=wanted.remark,
        )
        await self._leave(case, medium, MediumMove.RETURN, link, certificate)
        work.audit("recovery_medium.returned", "recovery_case", case.id, number=case.number)

    async def destroy(self, case_id: UUID, medium_id: UUID, wanted: MediumDestruction) -> None:
        """The medium is destroyed before a witness, and certified. Never while work goes on.

        Raises:
            NotFound, NotOnCase, MediumMoveRefused
            CopyStays: the case has not ended.
            DestructionNotAgreed: it is the client's, who has not agreed.
            WitnessMissing: the witness is whoever does it.
        """
        work = self._work
        case, medium = await self._held(case_id, medium_id)
        if case.state not in ENDED:
            raise CopyStays
        if is_original(medium) and medium.destruction_agreed_at is None:
            raise DestructionNotAgreed
        witness = await require_on_case(work, case_id, wanted.witness_id)
        if witness.membership_id == work.actor.membership_id:
            raise WitnessMissing(fields={"witness_id": WitnessMissing.text})
        disposal = _Disposal(place=wanted.place, method=wanted.method, witness_name=witness.name)
        certificate = await self._certificate(case, medium, disposal)
        link = Link(
            kind=CustodyKind.DESTROYED,
            from_name=medium.holder_name,
            to_name=witness.name,
            place=wanted.place,
            remark=wanted.method,
        )
        await self._leave(case, medium, MediumMove.DESTROY, link, certificate)
        work.audit("recovery_medium.destroyed", "recovery_case", case.id, number=case.number)

    async def _held(self, case_id: UUID, medium_id: UUID) -> tuple[RecoveryCase, RecoveryMedium]:
        case = await locked_case(self._work, case_id)
        await require_on_case(self._work, case_id)
        medium = await medium_of(self._work, case, medium_id)
        if medium.state != MediumState.HELD or case.state in OVER:
            raise MediumMoveRefused
        return case, medium

    async def _leave(
        self,
        case: RecoveryCase,
        medium: RecoveryMedium,
        move: MediumMove,
        link: Link,
        certificate: DisposalCertificate,
    ) -> None:
        work = self._work
        medium.state = RECOVERY_MEDIUM.after(move, medium.state)
        medium.left_at = work.now
        await add_link(work, medium, link)
        case.version += 1
        work.publish(DisposalCertified(case_id=case.id, client_id=case.client_id, certificate_id=certificate.id))
        await work.session.flush()
        if await is_out_of_media(work, case):
            await stop_case(work, case, TAKEN_BACK, by_name=link.to_name)
        await close_if_empty(work, case)

    async def _certificate(
        self, case: RecoveryCase, medium: RecoveryMedium, disposal: _Disposal
    ) -> DisposalCertificate:
        work = self._work
        company = await work.session.scalar(select(Tenant.name).where(Tenant.id == work.tenant_id))
        links = await work.session.scalar(
            select(func.count(CustodyEntry.id)).where(CustodyEntry.medium_id == medium.id)
        )

        async def compose(number: str, _: int) -> CertificateContent:
            return CertificateContent(
                number=number,
                case_number=case.number,
                partner_name=company or "",
                client_name=case.client_name,
                medium=printed_medium(medium),
                copy=not is_original(medium),
                done_at=work.now,
                time_zone=case.time_zone,
                done_by=work.actor.display_name,
                agreed_by="" if disposal.receiver_name else medium.destruction_agreed_by,
                links=(links or 0) + 1,
                **disposal._asdict(),
            )

        columns = {"client_id": case.client_id, "case_id": case.id, "medium_id": medium.id}
        return await up_to_date(work, DISPOSAL_CERTIFICATE, columns, compose)

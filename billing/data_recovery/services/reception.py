"""Taking media in: the case, photos of the media, and the custody receipt that whoever gives them away signs."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.assets.clients import client_in_use
from app.assets.clients.models import Client, Employee
from app.assets.devices.models import Device
from app.desk.tickets.models import Ticket
from app.platform.documents import Signing, newest_edition, sign, up_to_date
from app.platform.files import FileOwner, FileStore, FileSummary, SafeFile, store_file
from app.platform.kernel.counters import Period, next_number
from app.platform.kernel.errors import Invalid, NotFound
from app.platform.kernel.personal_data import pseudonym_of
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.promises import PromiseService
from billing.data_recovery.documents import CUSTODY_RECEIPT, PrintedMedium, ReceiptContent
from billing.data_recovery.errors import MediumInCustody, OwnerErased, RecoveryConsentMissing
from billing.data_recovery.events import CustodyReceiptSigned
from billing.data_recovery.models import CustodyReceipt, RecoveryCase, RecoveryMedium
from billing.data_recovery.permissions import RecoveryPermission
from billing.data_recovery.promises import DIAGNOSIS, DIAGNOSIS_DAYS, subject_of, terms_of
from billing.data_recovery.schemas import (
    MOST_PHOTOS,
    CaseReason,
    CustodyKind,
    MediumWrite,
    ReceiptSigning,
    ReceiptView,
    RecoveryCaseCreate,
)
from billing.data_recovery.services.people import add_person
from billing.data_recovery.services.reading import PHOTO, photos_of
from billing.data_recovery.services.records import (
    Link,
    add_link,
    locked_case,
    media_of,
    move_case,
    require_authorised,
    require_on_case,
)
from billing.data_recovery.states import (
    RECOVERY_CASE,
    RECOVERY_MEDIUM,
    STAFF,
    MediumMove,
    MediumRole,
    MediumState,
    RecoveryMove,
    RecoveryState,
)
from tenants.company_time import company_day
from tenants.models import Tenant, TenantProfile

SERIES: Final = "SJ"
"""数据: the series of the cases' numbers, `SJ-2026-000001`."""
PHOTOS_ONLY: Final = N_("请选择照片，每个案件最多十二张。")
NO_SERIAL: Final = "无"
"""What is written for a medium without a number of its own."""


class RecoveryReception:
    """Cases that begin.

    Raises:
        Forbidden: without `recovery_case:work`, and while the company is suspended.
    """

    def __init__(self, work: UnitOfWork, store: FileStore) -> None:
        work.actor.require(RecoveryPermission.RECOVERY_CASE_WORK)
        work.require_writable()
        self._work, self._store = work, store

    async def open(self, wanted: RecoveryCaseCreate) -> UUID:
        """Write the case and its media down; whoever does is on it. The id.

        Raises:
            RecoveryNotAuthorised: headquarters has not authorised the company for data recovery.
            NotFound: no such client, ticket, device or employee for this actor.
            OwnerErased, MediumInCustody
            PersonNotAdmitted: the client has not admitted the actor.
        """
        work = self._work
        await require_authorised(work)
        client = await self._client_of(wanted)
        case = RecoveryCase(
            tenant_id=work.tenant_id,
            id=work.new_id(),
            client_id=client.id,
            client_name=client.name,
            time_zone=client.time_zone,
            number=await next_number(work.session, work.actor, SERIES, await company_day(work), Period.YEAR),
            ticket_id=wanted.ticket_id,
            device_id=wanted.device_id,
            employee_id=wanted.employee_id,
            state=RecoveryState.OPENED,
            wanted=wanted.wanted,
            giver_name=wanted.giver_name,
            giver_phone=wanted.giver_phone,
            consents=wanted.consents,
            consent_remark=wanted.consent_remark,
            opened_at=work.now,
            opened_by_name=work.actor.display_name,
            version=1,
        )
        work.session.add(case)
        await work.session.flush()
        for position, medium in enumerate(wanted.media, 1):
            await self._list_medium(case, position, medium)
        await add_person(work, case, work.actor.membership_id)
        work.audit("recovery_case.created", "recovery_case", case.id, number=case.number)
        await work.session.flush()
        return case.id

    async def add_photos(self, case_id: UUID, files: Sequence[SafeFile]) -> list[FileSummary]:
        """Keep photos of the media; they stand on the receipt.

        Raises:
            NotFound, NotOnCase
            RecoveryMoveRefused: the receipt is signed.
            Invalid: no photo, or too many.
        """
        work = self._work
        case = await self._opened(case_id)
        known = {photo.sha256 for photo in await photos_of(work, case_id)}
        new = {file.sha256: file for file in files if file.sha256 not in known}
        if not files or any(not file.media_type.startswith("image/") for file in files):
            raise Invalid(fields={"photos": PHOTOS_ONLY})
        if len(known) + len(new) > MOST_PHOTOS:
            raise Invalid(fields={"photos": PHOTOS_ONLY})
        owner = FileOwner(subject_kind=PHOTO, subject_id=case.id, client_id=case.client_id)
        kept = [FileSummary.of(await store_file(work, self._store, file, owner)) for file in new.values()]
        case.version += 1
        work.audit("recovery_case.photographed", "recovery_case", case.id, files=len(kept))
        await work.session.flush()
        return kept

    async def make_receipt(self, case_id: UUID) -> ReceiptView:
        """The receipt as it is to be signed, brought up to date with the case.

        Raises:
            NotFound, NotOnCase, RecoveryMoveRefused.
            RecoveryConsentMissing: the giver has not agreed to work on the data.
        """
        case = await self._opened(case_id)
        return _view(await self._receipt(case))

    async def sign(self, case_id: UUID, signing: ReceiptSigning) -> None:
        """The giver signs: the media are with the company, and the diagnosis is promised.

        Raises:
            NotFound, NotOnCase, RecoveryMoveRefused.
            RecoveryNotAuthorised, RecoveryConsentMissing
            ContentMismatch: the receipt is another than the one that was read.
            UnusableImage: the signature cannot be read, or nothing was written.
        """
        work = self._work
        case = await self._opened(case_id)
        await require_authorised(work)
        receipt = await newest_edition(work.session, CUSTODY_RECEIPT, case_id, locked=True)
        receipt = receipt or await self._receipt(case)
        signature = Signing(name=case.giver_name[:60], content_hash=signing.content_hash, image=signing.image)
        await sign(work, self._store, CUSTODY_RECEIPT, receipt, signature)
        for medium in await media_of(work, case_id):
            medium.state = RECOVERY_MEDIUM.after(MediumMove.TAKE, medium.state)
            await add_link(
                work,
                medium,
                Link(
                    kind=CustodyKind.RECEIVED,
                    from_name=case.giver_name,
                    to_id=work.actor.membership_id,
                    to_name=work.actor.display_name,
                    place=signing.place,
                    signed_by=case.giver_name,
                    signature_file_id=receipt.signature_file_id,
                ),
            )
        move_case(case, RecoveryMove.RECEIVE, STAFF)
        case.received_at = work.now
        await PromiseService(work).start(subject_of(case), {DIAGNOSIS: terms_of(DIAGNOSIS_DAYS)})
        work.audit("recovery_case.received", "recovery_case", case.id, number=case.number)
        work.publish(CustodyReceiptSigned(case_id=case.id, client_id=case.client_id, receipt_id=receipt.id))
        await work.session.flush()

    async def cancel(self, case_id: UUID, given: CaseReason) -> None:
        """The media stay with the client after all.

        Raises:
            NotFound, NotOnCase, StaleVersion, RecoveryMoveRefused.
        """
        work = self._work
        case = await locked_case(work, case_id, given.version)
        await require_on_case(work, case_id)
        move_case(case, RecoveryMove.CANCEL, STAFF)
        for medium in await media_of(work, case_id):
            medium.state = RECOVERY_MEDIUM.after(MediumMove.WITHDRAW, medium.state)
        case.decision, case.decided_at, case.decided_by_name = given.reason, work.now, work.actor.display_name
        work.audit("recovery_case.cancelled", "recovery_case", case.id, number=case.number)
        await work.session.flush()

    async def _opened(self, case_id: UUID) -> RecoveryCase:
        case = await locked_case(self._work, case_id)
        await require_on_case(self._work, case_id)
        RECOVERY_CASE.require(RecoveryMove.RECEIVE, case.state, STAFF)
        return case

    async def _client_of(self, wanted: RecoveryCaseCreate) -> Client:
        """The client; every record that the case names is its own, and the actor's to see."""
        session = self._work.session
        client = await client_in_use(session, wanted.client_id)
        for model, named in ((Ticket, wanted.ticket_id), (Device, wanted.device_id), (Employee, wanted.employee_id)):
            if named is None:
                continue
            found = await session.scalar(select(model).where(model.id == named, model.client_id == wanted.client_id))
            if found is None:
                raise NotFound
            if isinstance(found, Employee) and found.name == pseudonym_of(found.id):
                raise OwnerErased(fields={"employee_id": OwnerErased.text})
        return client

    async def _list_medium(self, case: RecoveryCase, position: int, wanted: MediumWrite) -> None:
        """
        Raises:
            MediumInCustody: it is with the company already, or being received.
        """
        work = self._work
        known = "" if wanted.serial == NO_SERIAL else wanted.serial
        made = await work.session.scalar(
            insert(RecoveryMedium)
            .values(
                tenant_id=work.tenant_id,
                id=work.new_id(),
                client_id=case.client_id,
                case_id=case.id,
                position=position,
                role=MediumRole.ORIGINAL,
                kind=wanted.kind,
                serial=known,
                capacity=wanted.capacity,
                condition=wanted.condition,
                accessories=wanted.accessories,
                state=MediumState.LISTED,
                holder_name="",
                destruction_agreed_by="",
            )
            .on_conflict_do_nothing()
            .returning(RecoveryMedium.id)
        )
        if made is None:
            raise MediumInCustody(serial=wanted.serial)

    async def _receipt(self, case: RecoveryCase) -> CustodyReceipt:
        """
        Raises:
            RecoveryConsentMissing
        """
        work = self._work
        if not case.consents:
            raise RecoveryConsentMissing(fields={"consents": RecoveryConsentMissing.text})
        company = await work.session.scalar(select(Tenant.name).where(Tenant.id == work.tenant_id))
        hot_line = await work.session.scalar(select(TenantProfile.hotline))
        media = [printed_medium(each) for each in await media_of(work, case.id)]
        photos = [photo.sha256 for photo in await photos_of(work, case.id)]

        async def compose(number: str, _: int) -> ReceiptContent:
            return ReceiptContent(
                number=number,
                partner_name=company or "",
                client_name=case.client_name,
                giver_name=case.giver_name,
                giver_phone=case.giver_phone,
                receiver_name=work.actor.display_name,
                opened_at=case.opened_at,
                time_zone=case.time_zone,
                wanted=case.wanted,
                media=tuple(media),
                consent_remark=case.consent_remark,
                hot_line=hot_line or "",
                photos=tuple(photos),
            )

        return await up_to_date(work, CUSTODY_RECEIPT, {"client_id": case.client_id, "case_id": case.id}, compose)


def printed_medium(medium: RecoveryMedium) -> PrintedMedium:
    """A medium on paper."""
    return PrintedMedium(
        kind=medium.kind,
        serial=medium.serial or NO_SERIAL,
        capacity=medium.capacity,
        condition=medium.condition,
        accessories=medium.accessories,
    )


def _view(receipt: CustodyReceipt) -> ReceiptView:
    return ReceiptView(
        receipt.id, receipt.number, receipt.edition, receipt.content_hash, receipt.signed_by, receipt.signed_at
    )

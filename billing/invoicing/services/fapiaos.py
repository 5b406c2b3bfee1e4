"""发票: asked for about an invoice, entered at the tax office by a sheet, numbered when they come back, taken back in
red."""

from datetime import date, timedelta
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import exists, select

from app.platform.files import FileOwner, FileStore, SafeFile, StoredFile, store_file
from app.platform.kernel.counters import take_turns
from app.platform.kernel.errors import Invalid, NotFound, StaleVersion
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.invoicing.credit_models import CreditNote, CreditNoteLine
from billing.invoicing.fapiao_errors import FapiaoLiving, FapiaoNothingLeft, FapiaoNumberTaken
from billing.invoicing.fapiao_files import XML, check_told, read_fapiao
from billing.invoicing.fapiao_models import Fapiao
from billing.invoicing.fapiao_schemas import FapiaoNumbered, FapiaoView, RedRequest
from billing.invoicing.fapiao_sheet import FapiaoContent, SheetEntry
from billing.invoicing.fapiao_states import FAPIAO, FapiaoMove, FapiaoMoveRefused, FapiaoState
from billing.invoicing.models import Invoice
from billing.invoicing.permissions import InvoicePermission
from billing.invoicing.schemas import FAPIAO_KIND_NAMES, FapiaoKind
from billing.invoicing.services.fapiao_content import compose

CONFIRMED_WITHIN: Final = timedelta(hours=72)
SUBJECT: Final = "fapiao"
"""`subject_kind` of the files that come back."""


class Fapiaos:
    """发票 that the actor may see.

    Raises:
        Forbidden: without `invoice:read`.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(InvoicePermission.INVOICE_READ)
        self._work = work

    async def get(self, fapiao_id: UUID) -> FapiaoView:
        """
        Raises:
            NotFound: there is none, or not for this actor.
        """
        row = await self._work.session.scalar(select(Fapiao).where(Fapiao.id == fapiao_id))
        if row is None:
            raise NotFound
        return fapiao_view(row)

    async def of_invoice(self, invoice_id: UUID) -> list[FapiaoView]:
        """The newest first."""
        rows = await self._work.session.scalars(
            select(Fapiao).where(Fapiao.invoice_id == invoice_id).order_by(Fapiao.requested_at.desc(), Fapiao.id.desc())
        )
        return [fapiao_view(row) for row in rows]

    async def request(self, invoice_id: UUID) -> FapiaoView:
        """Ask for a 发票 about what is left of an invoice, of the kind that the buyer's profile names.

        Raises:
            Forbidden: without `invoice:write`.
            NotFound: no such invoice.
            FapiaoLiving: it has one that lives.
            FapiaoNothingLeft: nothing is left to invoice.
            Invalid: the buyer wants none, or a 专用发票 without its tax number.
        """
        work = self._work
        work.actor.require(InvoicePermission.INVOICE_WRITE)
        invoice = await work.session.scalar(select(Invoice).where(Invoice.id == invoice_id))
        if invoice is None:
            raise NotFound
        await take_turns(work.session, work.tenant_id, [f"fapiao:{invoice_id.hex}"])
        living = exists().where(
            Fapiao.invoice_id == invoice_id,
            Fapiao.state.not_in((FapiaoState.WITHDRAWN, FapiaoState.RED_ISSUED)),
        )
        if await work.session.scalar(select(living)):
            raise FapiaoLiving
        kind, content = await compose(work, invoice)
        net, tax = sum(line.net for line in content.lines), sum(line.tax for line in content.lines)
        if net + tax <= 0:
            raise FapiaoNothingLeft
        row = Fapiao(
            tenant_id=work.tenant_id,
            client_id=invoice.client_id,
            id=work.new_id(),
            invoice_id=invoice_id,
            invoice_number=invoice.number,
            state=FapiaoState.REQUESTED,
            kind=kind,
            buyer_title=content.buyer.title,
            buyer_tax_number=content.buyer.tax_number,
            content=msgspec.to_builtins(content),
            currency=invoice.currency,
            net=net,
            tax_amount=tax,
            gross=net + tax,
            requested_at=work.now,
            requested_by=work.actor.display_name,
            number="",
            red_reason="",
            red_entered_by="",
            red_confirmation="",
            red_number="",
            remark="",
            version=1,
        )
        work.session.add(row)
        work.audit("fapiao.requested", "fapiao", row.id, invoice=invoice_id)
        await work.session.flush()
        return fapiao_view(row)

    async def number(self, fapiao_id: UUID, wanted: FapiaoNumbered) -> FapiaoView:
        """Write down what the tax office answered: of the blue one, or once that is confirmed of the red one.

        Raises:
            Forbidden: without `invoice:write`.
            NotFound, FapiaoMoveRefused, StaleVersion, FapiaoNumberTaken.
        """
        row = await self._locked(fapiao_id, wanted.version)
        await self.take_number(row, wanted.number, wanted.issued_on)
        return fapiao_view(row)

    async def take_number(self, row: Fapiao, number: str, issued_on: date) -> None:
        """The same on a locked row.

        Raises:
            FapiaoMoveRefused, FapiaoNumberTaken.
        """
        work = self._work
        red = row.state == FapiaoState.RED_CONFIRMED
        move = FapiaoMove.ISSUE_RED if red else FapiaoMove.ISSUE
        row.state = FAPIAO.after(move, row.state)
        taken = select(Fapiao.id).where((Fapiao.number == number) | (Fapiao.red_number == number)).limit(1)
        with work.session.no_autoflush:
            if await work.session.scalar(taken) is not None:
                raise FapiaoNumberTaken(number=number)
        if red:
            row.red_number, row.red_issued_on = number, issued_on
        else:
            row.number, row.issued_on = number, issued_on
        row.version += 1
        work.audit("fapiao.numbered", "fapiao", row.id, state=row.state)
        await work.session.flush()

    async def withdraw(self, fapiao_id: UUID, version: int) -> FapiaoView:
        """Take the request back before it is entered.

        Raises:
            Forbidden: without `invoice:write`.
            NotFound, FapiaoMoveRefused, StaleVersion.
        """
        return await self._move(fapiao_id, version, FapiaoMove.WITHDRAW)

    async def request_red(self, fapiao_id: UUID, wanted: RedRequest) -> FapiaoView:
        """Take the 发票 back: at once where the buyer has not used it, else after the other side has confirmed.

        Raises:
            Forbidden: without `invoice:write`.
            NotFound: no such 发票, or the credit note is of another invoice.
            FapiaoMoveRefused, StaleVersion.
        """
        work = self._work
        row = await self._locked(fapiao_id, wanted.version)
        FAPIAO.require(FapiaoMove.REQUEST_RED, row.state)
        if wanted.credit_note_id is not None:
            known = exists().where(CreditNote.id == wanted.credit_note_id, CreditNote.invoice_id == row.invoice_id)
            if not await work.session.scalar(select(known)):
                raise NotFound
        row.state = FapiaoState.RED_PENDING if wanted.used else FapiaoState.RED_CONFIRMED
        row.red_reason, row.red_entered_by = wanted.reason, wanted.entered_by
        row.red_confirmation, row.credit_note_id = wanted.confirmation, wanted.credit_note_id
        row.red_requested_at = work.now
        row.red_lapses_at = work.now + CONFIRMED_WITHIN if wanted.used else None
        return await self._moved(row)

    async def confirm_red(self, fapiao_id: UUID, version: int) -> FapiaoView:
        """The other side has confirmed.

        Raises:
            Forbidden: without `invoice:write`.
            NotFound, StaleVersion.
            FapiaoMoveRefused: also when the 72 hours are over.
        """
        row = await self._locked(fapiao_id, version)
        FAPIAO.require(FapiaoMove.CONFIRM_RED, row.state)
        if row.red_lapses_at is not None and row.red_lapses_at <= self._work.now:
            raise FapiaoMoveRefused
        row.state = FAPIAO.after(FapiaoMove.CONFIRM_RED, row.state)
        return await self._moved(row)

    async def attach(self, fapiao_id: UUID, files: list[SafeFile], store: FileStore) -> None:
        """Keep the files that came back: the client reads them too. An XML file tells the number and the day, which are
        taken where they are waited for; a file of another 发票 is refused.

        Raises:
            Forbidden: without `invoice:write`.
            NotFound: no such 发票.
            Invalid: no file; FapiaoFileUnreadable, FapiaoFileDiffers, FapiaoNumberTaken.
        """
        work = self._work
        work.actor.require(InvoicePermission.INVOICE_WRITE)
        if not files:
            raise Invalid(fields={"files": N_("请选择文件。")})
        row = await work.session.get(Fapiao, (work.tenant_id, fapiao_id), with_for_update=True, populate_existing=True)
        if row is None:
            raise NotFound
        for file in files:
            if file.media_type == XML:
                told = read_fapiao(file.data)
                check_told(row, told)
                if row.state in (FapiaoState.REQUESTED, FapiaoState.RED_CONFIRMED):
                    await self.take_number(row, told.number, told.issued_on)
        owner = FileOwner(subject_kind=SUBJECT, subject_id=fapiao_id, client_id=row.client_id)
        for file in files:
            await store_file(work, store, file, owner)
        work.audit("fapiao.file_attached", "fapiao", fapiao_id, files=len(files))

    async def files(self, fapiao_id: UUID) -> list[tuple[UUID, str]]:
        """Id and name of the files that came back."""
        rows = await self._work.session.execute(
            select(StoredFile.id, StoredFile.name)
            .where(StoredFile.subject_kind == SUBJECT, StoredFile.subject_id == fapiao_id)
            .order_by(StoredFile.id)
        )
        return [(row.id, row.name) for row in rows]

    async def sheet(self) -> list[SheetEntry]:
        """What waits to be entered at the tax office: requested ones, and red ones that are confirmed. Written down in
        the audit log.

        Raises:
            Forbidden: without `invoice:write`.
        """
        work = self._work
        work.actor.require(InvoicePermission.INVOICE_WRITE)
        rows = (
            await work.session.scalars(
                select(Fapiao)
                .where(Fapiao.state.in_((FapiaoState.REQUESTED, FapiaoState.RED_CONFIRMED)))
                .order_by(Fapiao.invoice_number, Fapiao.id)
            )
        ).all()
        work.audit("fapiao.exported", "fapiao", None, count=len(rows))
        return [await self._entry(row) for row in rows]

    async def _entry(self, row: Fapiao) -> SheetEntry:
        content, red = msgspec.convert(row.content, FapiaoContent), row.state == FapiaoState.RED_CONFIRMED
        if red and row.credit_note_id is not None:
            content = await self._part(content, row.credit_note_id)
        return SheetEntry(
            invoice_number=row.invoice_number,
            kind=FAPIAO_KIND_NAMES[FapiaoKind(row.kind)],
            content=content,
            remark=row.remark,
            red=red,
            number=row.number,
            confirmation=row.red_confirmation if red else "",
        )

    async def _part(self, content: FapiaoContent, credit_note_id: UUID) -> FapiaoContent:
        """The lines of a credit note, in the order of the blue 发票."""
        rows = await self._work.session.scalars(
            select(CreditNoteLine).where(CreditNoteLine.credit_note_id == credit_note_id)
        )
        parts = {row.position: row for row in rows}
        lines = tuple(
            msgspec.structs.replace(
                line, net=parts[line.position].net, tax=parts[line.position].tax_amount, quantity=None
            )
            for line in content.lines
            if line.position in parts
        )
        return msgspec.structs.replace(content, lines=lines)

    async def _move(self, fapiao_id: UUID, version: int, move: FapiaoMove) -> FapiaoView:
        row = await self._locked(fapiao_id, version)
        row.state = FAPIAO.after(move, row.state)
        return await self._moved(row)

    async def _moved(self, row: Fapiao) -> FapiaoView:
        row.version += 1
        self._work.audit("fapiao.changed", "fapiao", row.id, state=row.state)
        await self._work.session.flush()
        return fapiao_view(row)

    async def _locked(self, fapiao_id: UUID, version: int) -> Fapiao:
        work = self._work
        work.actor.require(InvoicePermission.INVOICE_WRITE)
        row = await work.session.get(Fapiao, (work.tenant_id, fapiao_id), with_for_update=True, populate_existing=True)
        if row is None:
            raise NotFound
        if row.version != version:
            raise StaleVersion
        return row


async def lapse(work: UnitOfWork) -> int:
    """Requests to take back that nobody confirmed in time have lapsed; how many."""
    rows = await work.session.scalars(
        select(Fapiao)
        .where(Fapiao.state == FapiaoState.RED_PENDING, Fapiao.red_lapses_at <= work.now)
        .order_by(Fapiao.id)
        .with_for_update()
    )
    count = 0
    for row in rows:
        row.state = FAPIAO.after(FapiaoMove.LAPSE_RED, row.state)
        row.version += 1
        work.audit("fapiao.changed", "fapiao", row.id, state=row.state)
        count += 1
    await work.session.flush()
    return count


async def may_read_fapiao(work: UnitOfWork, fapiao_id: UUID) -> bool:
    """Whether the actor may see the 发票, and so its files."""
    if not work.actor.may(InvoicePermission.INVOICE_READ):
        return False
    return bool(await work.session.scalar(select(exists().where(Fapiao.id == fapiao_id))))


def fapiao_view(row: Fapiao) -> FapiaoView:
    """The row as it is read."""
    plain = [name for name in FapiaoView.__struct_fields__ if name not in ("state", "kind")]
    return FapiaoView(
        **{name: getattr(row, name) for name in plain}, state=FapiaoState(row.state), kind=FapiaoKind(row.kind)
    )

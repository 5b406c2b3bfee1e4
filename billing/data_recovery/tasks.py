"""What follows: the client's answer to the quote, notices, and the papers that are kept."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from app.people.identity import kind_of_member, read_recipients
from app.platform.background import Consumers, ReceivedEvent, consume
from app.platform.documents import archive
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.notifications import Notice, Severity, notify
from billing.data_recovery.documents import CUSTODY_RECEIPT, DISPOSAL_CERTIFICATE
from billing.data_recovery.events import CustodyReceiptSigned, DisposalCertified, RecoveryDecided, RecoveryReported
from billing.data_recovery.models import RecoveryCase, RecoveryPerson
from billing.data_recovery.permissions import RecoveryPermission
from billing.data_recovery.services.quoting import follow_approval, follow_refusal
from billing.data_recovery.states import RecoveryMove
from billing.quotes import QuoteApproved, QuoteLapsed
from rbac import permissions_of

consumers = Consumers()
_REPORTED: Final = N_("数据恢复案件 %(number)s 的结果等您验收。")
_DECIDED: Final = {
    RecoveryMove.ACCEPT: N_("%(client)s 验收了案件 %(number)s 的结果。"),
    RecoveryMove.DISPUTE: N_("%(client)s 退回了案件 %(number)s 的结果：%(reason)s"),
    RecoveryMove.STOP: N_("案件 %(number)s 已中止，请归还介质：%(reason)s"),
}


@consumers.on(QuoteApproved.topic, name="data_recovery.follow_approval", lane=DueKind.OUTBOX_FOLLOW_UP)
async def quote_approved(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """The work may start."""
    async with consume(runtime, tenant_id, event_id, "data_recovery.follow_approval") as work:
        if work is not None:
            await follow_approval(work, UUID(payload["quote_id"]))


@consumers.on(QuoteLapsed.topic, name="data_recovery.follow_refusal", lane=DueKind.OUTBOX_FOLLOW_UP)
async def quote_lapsed(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """Another quote can be written."""
    async with consume(runtime, tenant_id, event_id, "data_recovery.follow_refusal") as work:
        if work is not None:
            await follow_refusal(work, UUID(payload["quote_id"]))


@consumers.on(CustodyReceiptSigned.topic, name="data_recovery.archive_receipt", lane=DueKind.OUTBOX_LONG)
async def archive_receipt(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """Draw the signed receipt once and keep it."""
    await archive(
        runtime,
        tenant_id,
        event_id,
        consumer="data_recovery.archive_receipt",
        kind=CUSTODY_RECEIPT,
        edition_id=UUID(payload["receipt_id"]),
    )


@consumers.on(DisposalCertified.topic, name="data_recovery.archive_certificate", lane=DueKind.OUTBOX_LONG)
async def archive_certificate(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """Draw the certificate once and keep it."""
    await archive(
        runtime,
        tenant_id,
        event_id,
        consumer="data_recovery.archive_certificate",
        kind=DISPOSAL_CERTIFICATE,
        edition_id=UUID(payload["certificate_id"]),
    )


@consumers.on_batch(RecoveryReported.topic, name="data_recovery.notify_client")
async def notify_client(work: UnitOfWork, runtime: Runtime, events: Sequence[ReceivedEvent]) -> None:
    """Whoever accepts results for the client hears that there is one."""
    for event in events:
        case = await _case(work, event)
        if case is None:
            continue
        kind = kind_of_member(work.tenant_id, case.client_id)
        people = [
            each.address
            for each in await read_recipients(work, case.client_id)
            if RecoveryPermission.RECOVERY_CASE_DECIDE in permissions_of(kind, sorted(each.roles))
        ]
        notice = Notice(
            reference=f"recovery:{event.id}",
            text=_REPORTED,
            parameters={"number": case.number},
            link=f"/portal/recoveries/{case.id}",
            severity=Severity.ATTENTION,
        )
        await notify(work, people, notice, public_url=runtime.settings.public_url)


@consumers.on_batch(RecoveryDecided.topic, name="data_recovery.notify_people")
async def notify_people(work: UnitOfWork, runtime: Runtime, events: Sequence[ReceivedEvent]) -> None:
    """The case's people hear what was decided."""
    for event in events:
        case = await _case(work, event)
        if case is None:
            continue
        on_case = select(RecoveryPerson.membership_id).where(
            RecoveryPerson.case_id == case.id, RecoveryPerson.left_at.is_(None)
        )
        ids = set(await work.session.scalars(on_case))
        people = [each.address for each in await read_recipients(work) if each.address.membership_id in ids]
        notice = Notice(
            reference=f"recovery:{event.id}",
            text=_DECIDED[RecoveryMove(event.payload["move"])],
            parameters={"number": case.number, "client": case.client_name, "reason": case.decision[:200]},
            link=f"/workspace/recoveries/{case.id}",
            severity=Severity.ATTENTION,
        )
        await notify(work, people, notice, public_url=runtime.settings.public_url)


async def _case(work: UnitOfWork, event: ReceivedEvent) -> RecoveryCase | None:
    found: RecoveryCase | None = await work.session.scalar(
        select(RecoveryCase).where(RecoveryCase.id == UUID(event.payload["case_id"]))
    )
    return found

"""Reminders of overdue invoices in three steps, each once, to whoever gets the client's invoices."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from app.people.identity import kind_of_member, read_recipients
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.notifications import MemberRecipient, Notice, Severity, notify
from billing.invoicing.addresses import INVOICES, PORTAL
from billing.invoicing.models import OpenItem, SellerProfile
from billing.invoicing.permissions import InvoicePermission
from billing.invoicing.reminder_models import InvoiceReminder
from billing.invoicing.services.links import tell_payer
from billing.money import Money, money_text
from rbac import permissions_of
from tenants.company_time import company_day

WORDS: Final = (
    N_("温馨提醒：账单 %(number)s 已于 %(day)s 到期，还有 %(amount)s 未付。如已付款请忽略。"),
    N_("请尽快付款：账单 %(number)s 已于 %(day)s 到期，还有 %(amount)s 未付。"),
    N_("最后提醒：账单 %(number)s 已于 %(day)s 到期，还有 %(amount)s 未付。请马上联系我们。"),
)
FOR_STAFF: Final = N_("账单 %(number)s 第三次提醒已发出，还有 %(amount)s 未付，请跟进。")


async def remind(work: UnitOfWork, public_url: str) -> int:
    """Remind of what is overdue, each document of the step that it has reached; how many reminders went."""
    days = await work.session.scalar(select(SellerProfile.reminder_days).where(SellerProfile.id == work.tenant_id))
    if not days:
        return 0
    today = await company_day(work)
    reached = (
        select(InvoiceReminder.open_item_id, func.max(InvoiceReminder.step).label("step"))
        .group_by(InvoiceReminder.open_item_id)
        .subquery()
    )
    rows = await work.session.execute(
        select(OpenItem, func.coalesce(reached.c.step, 0))
        .outerjoin(reached, reached.c.open_item_id == OpenItem.id)
        .where(OpenItem.open > 0, OpenItem.due_on <= today - timedelta(days=days[0]))
        .order_by(OpenItem.due_on, OpenItem.id)
    )
    sent = 0
    for item, before in rows:
        late = (today - item.due_on).days
        step = sum(late >= each for each in days)
        if step > before and await _remind(work, item, step, public_url):
            sent += 1
    return sent


async def _remind(work: UnitOfWork, item: OpenItem, step: int, public_url: str) -> bool:
    row = {
        "id": work.new_id(),
        "client_id": item.client_id,
        "open_item_id": item.id,
        "step": step,
        "sent_at": work.now,
    }
    written = await work.session.scalar(
        insert(InvoiceReminder)
        .values(tenant_id=work.tenant_id, **row)
        .on_conflict_do_nothing(index_elements=["tenant_id", "open_item_id", "step"])
        .returning(InvoiceReminder.id)
    )
    if written is None:
        return False
    parameters = {
        "number": item.number,
        "day": item.due_on.isoformat(),
        "amount": money_text(Money(item.open, item.currency)),
    }
    notice = Notice(
        reference=f"invoice_reminder:{item.id}:{step}",
        text=WORDS[step - 1],
        parameters=parameters,
        link=f"{PORTAL}/{item.document_id}",
        severity=Severity.ATTENTION if step < len(WORDS) else Severity.URGENT,
    )
    await tell_payer(work, item.client_id, item.document_id, notice, public_url=public_url)
    work.audit("invoice.reminded", "invoice", item.document_id, step=step)
    if step == len(WORDS):
        told = Notice(
            reference=f"invoice_reminder_last:{item.id}",
            text=FOR_STAFF,
            parameters=parameters,
            link=f"{INVOICES}/{item.document_id}",
            severity=Severity.ATTENTION,
        )
        await notify(work, await _staff(work), told, public_url=public_url)
    return True


async def _staff(work: UnitOfWork) -> Sequence[MemberRecipient]:
    kind = kind_of_member(work.tenant_id, None)
    return [
        person.address
        for person in await read_recipients(work)
        if InvoicePermission.INVOICE_WRITE in permissions_of(kind, sorted(person.roles))
    ]

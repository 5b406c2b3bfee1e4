"""What follows on this side when the other's row of a statement or invoice has changed."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from app.people.identity import in_roles, read_recipients
from app.platform.background.mirrors import MirroredChange
from app.platform.kernel.live_updates import Change
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.notifications import Notice, Severity, notify
from billing.money import Money, money_text
from billing.royalties.events import PlanInvoiceFollowed
from billing.royalties.models import RoyaltyInvoice, RoyaltyStatement
from billing.royalties.services.records import MADE, side_of
from billing.royalties.services.statements import close_if_nothing_is_due
from billing.royalties.states import Side, StatementMove

HEADQUARTERS_ROLES: Final = ("hq_finance",)
PARTNER_ROLES: Final = ("partner_owner", "partner_finance")
_STATEMENT_TEXTS: Final[Mapping[Side, Mapping[str, str]]] = {
    Side.PARTNER: {
        MADE: N_("%(month)s 的特许权使用费结算单 %(number)s：%(amount)s，请在 %(day)s 前确认"),
        StatementMove.CORRECT: N_("总部更正了结算单 %(number)s：%(amount)s，请在 %(day)s 前确认"),
        StatementMove.UPHOLD: N_("总部维持结算单 %(number)s：%(amount)s，请在 %(day)s 前确认"),
        StatementMove.LAPSE: N_("结算单 %(number)s 没有在期限内提出异议，视为确认：%(amount)s"),
    },
    Side.HEADQUARTERS: {
        StatementMove.AGREE: N_("%(partner)s 确认了结算单 %(number)s：%(amount)s"),
        StatementMove.DISPUTE: N_("%(partner)s 对结算单 %(number)s 有异议：%(amount)s"),
    },
}
_INVOICE_TEXTS: Final = {
    "issued": N_("总部开出了账单 %(number)s：%(amount)s，请在 %(day)s 前付款"),
    "reversed": N_("总部撤回了账单 %(number)s 的一笔收款，还应付 %(open)s"),
}


async def follow_statement(work: UnitOfWork, runtime: Runtime, row: RoyaltyStatement, change: MirroredChange) -> None:
    """This side's people are notified; an agreed statement that asks for nothing ends."""
    if side_of(work) is Side.HEADQUARTERS:
        await close_if_nothing_is_due(work, row)
    work.announce(Change(kind="royalty_statement", id=row.id))
    text = _STATEMENT_TEXTS[side_of(work)].get(change.kind)
    if text is not None:
        parameters = {
            "month": f"{row.month:%Y-%m}",
            "number": row.number,
            "partner": row.partner_name,
            "amount": money_text(Money(row.amount, row.currency)),
            "day": row.answer_by.isoformat(),
        }
        await _notify(work, runtime, f"royalties/{row.id}", _Told(text, parameters, change))


async def follow_invoice(work: UnitOfWork, runtime: Runtime, row: RoyaltyInvoice, change: MirroredChange) -> None:
    """The partner's people are notified."""
    if row.statement_id is not None:
        work.announce(Change(kind="royalty_statement", id=row.statement_id))
    elif side_of(work) is Side.PARTNER:
        work.publish(PlanInvoiceFollowed(invoice_id=row.id))
    text = _INVOICE_TEXTS.get(change.kind) if side_of(work) is Side.PARTNER else None
    if text is not None:
        parameters = {
            "number": row.number,
            "amount": money_text(Money(row.gross, row.currency)),
            "open": money_text(Money(row.open, row.currency)),
            "day": row.due_on.isoformat(),
        }
        page = "plan" if row.statement_id is None else f"royalties/{row.statement_id}"
        await _notify(work, runtime, page, _Told(text, parameters, change))


class _Told(NamedTuple):
    """What is to be said, once for each change."""

    text: str
    parameters: dict[str, str]
    change: MirroredChange


async def _notify(work: UnitOfWork, runtime: Runtime, page: str, told: _Told) -> None:
    headquarters = side_of(work) is Side.HEADQUARTERS
    notice = Notice(
        reference=f"royalty:{told.change.event_id}",
        text=told.text,
        parameters=told.parameters,
        link=f"{'/hq' if headquarters else '/workspace'}/{page}",
        severity=Severity.ATTENTION,
    )
    people = in_roles(await read_recipients(work), HEADQUARTERS_ROLES if headquarters else PARTNER_ROLES)
    await notify(work, people, notice, public_url=runtime.settings.public_url)

"""The lists of charges, and of what was not charged."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, not_, or_, select
from sqlalchemy.orm import aliased

from app.agreements.catalogue import SERVICE_CATEGORIES
from app.assets.clients.models import Client
from app.desk.tickets.models import Ticket
from app.platform.kernel.columns import columns_of
from app.platform.kernel.text_search import contains
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists import Choices, Column, Filter, Found, RecordList, Wanted, select_rows
from billing.money import Money
from billing.periods import months_after
from billing.rating.claims import is_claimed
from billing.rating.models import Charge, ChargeMark, RatedRecord
from billing.rating.outcomes import OUTCOME_NAMES, REASON_TEXTS, Outcome
from billing.rating.permissions import RatingPermission
from billing.rating.schemas import ChargeRow, UnchargedRow
from billing.rating.vocabulary import CATEGORY_NAMES, UNIT_NAMES, MarkKind, SourceKind
from tenants.company_time import company_day

BASE: Final = "/workspace/charges"
UNCHARGED_BASE: Final = "/workspace/uncharged-work"
SERVICE_CATEGORY_NAMES: Final = {each.code: each.name for each in SERVICE_CATEGORIES}

_Reversal = aliased(Charge)


class ChargeState(StrEnum):
    """Where a charge stands on its way to the client."""

    UNBILLED = "unbilled"
    BILLED = "billed"
    """On an invoice or its draft."""
    DISPUTED = "disputed"
    GOODWILL = "goodwill"
    REVERSED = "reversed"
    """Taken back, or takes one back."""


STATE_NAMES: Final = {
    ChargeState.UNBILLED: N_("未开账单"),
    ChargeState.BILLED: N_("已开账单"),
    ChargeState.DISPUTED: N_("有争议"),
    ChargeState.GOODWILL: N_("免收"),
    ChargeState.REVERSED: N_("已冲回"),
}


def _marked(kind: MarkKind) -> ColumnElement[bool]:
    return exists().where(
        ChargeMark.tenant_id == Charge.tenant_id,
        ChargeMark.charge_id == Charge.id,
        ChargeMark.kind == kind,
        ChargeMark.lifted_at.is_(None),
    )


DISPUTED: Final = _marked(MarkKind.DISPUTED)
GOODWILL: Final = _marked(MarkKind.GOODWILL)
REVERSED: Final = or_(
    Charge.reverses_id.is_not(None),
    exists().where(_Reversal.tenant_id == Charge.tenant_id, _Reversal.reverses_id == Charge.id),
)


def state_is(state: str) -> ColumnElement[bool]:
    """Whether a charge is in this state."""
    claimed = is_claimed(Charge.id)
    return {
        ChargeState.UNBILLED: and_(not_(claimed), not_(DISPUTED), not_(REVERSED)),
        ChargeState.BILLED: claimed,
        ChargeState.DISPUTED: DISPUTED,
        ChargeState.GOODWILL: GOODWILL,
        ChargeState.REVERSED: REVERSED,
    }[ChargeState(state)]


def state_of(row: ChargeRow) -> ChargeState:
    """The state that is shown of a charge: the one that somebody has to do with."""
    if row.disputed:
        return ChargeState.DISPUTED
    if row.goodwill:
        return ChargeState.GOODWILL
    if row.claimed:
        return ChargeState.BILLED
    return ChargeState.REVERSED if row.reversed else ChargeState.UNBILLED


def charge_rows() -> Any:
    """What the list shows of charges."""
    return (
        select(
            *columns_of(
                ChargeRow,
                Charge,
                client_name=Client.short_name,
                ticket_number=Ticket.number,
                reversed=REVERSED,
                goodwill=GOODWILL,
                disputed=DISPUTED,
                claimed=is_claimed(Charge.id),
            )
        )
        .join(Client, and_(Client.tenant_id == Charge.tenant_id, Client.id == Charge.client_id))
        .outerjoin(Ticket, and_(Ticket.tenant_id == Charge.tenant_id, Ticket.id == Charge.ticket_id))
    )


async def _charges(work: UnitOfWork, wanted: Wanted) -> Found[ChargeRow]:
    found = await select_rows(work, charge_rows(), wanted)
    return [(ChargeRow(*row), value) for row, value in found]


async def _clients(work: UnitOfWork, _: Mapping[str, str]) -> Choices:
    statement = select(Client.id, Client.short_name).where(Client.state == "active").order_by(Client.short_name)
    return [(str(client_id), name) for client_id, name in await work.session.execute(statement)]


def month_of(text: str) -> date:
    """The first day of a month that is written as `2027-03`.

    Raises:
        ValueError: it is none.
    """
    if len(text) != len("2027-03"):
        raise ValueError(text)
    return date.fromisoformat(f"{text}-01")


MONTHS_OFFERED: Final = 18


async def _months(work: UnitOfWork, _: Mapping[str, str]) -> Choices:
    """The months back from the next one; charges in advance are of days to come."""
    first = (await company_day(work)).replace(day=1)
    months = [months_after(first, 1 - back) for back in range(MONTHS_OFFERED)]
    return [(f"{month:%Y-%m}", f"{month:%Y-%m}") for month in months]


def _in_month(column: Any, month: date) -> ColumnElement[bool]:
    return and_(column >= month, column <= months_after(month, 1) - timedelta(days=1))


def _charge_matches(word: str) -> Any:
    return contains(word, Charge.name, Ticket.number, Client.name, Client.short_name)


def amount_of(row: Any) -> Decimal:
    """In the main unit of its currency."""
    return Money(row.amount, row.currency).value


CHARGES: Final = RecordList(
    key="charges",
    label=N_("费用"),
    base=BASE,
    permission=RatingPermission.CHARGE_READ,
    record_kind="charge",
    id=Charge.id,
    title=Charge.name,
    columns=(
        Column(key="name", label=N_("费用项目"), main=True, width=40),
        Column(key="day", label=N_("日期"), sort=Charge.day, falling=True, narrow=True),
        Column(key="client_name", label=N_("客户"), sort=Client.short_name),
        Column(key="category", label=N_("类别"), names=CATEGORY_NAMES, sort=Charge.category, narrow=True),
        Column(key="ticket_number", label=N_("服务单"), narrow=True, optional=True),
        Column(
            key="quantity",
            label=N_("数量"),
            value=lambda row: float(row.quantity),
            narrow=True,
            number=True,
            shown=False,
        ),
        Column(key="unit", label=N_("单位"), names=UNIT_NAMES, narrow=True, shown=False),
        Column(key="unit_price", label=N_("单价"), value=lambda row: float(row.unit_price), number=True, shown=False),
        Column(
            key="amount",
            label=N_("金额"),
            value=lambda row: float(amount_of(row)),
            sort=Charge.amount,
            falling=True,
            number=True,
        ),
        Column(key="currency", label=N_("币种"), narrow=True, shown=False),
        Column(key="state", label=N_("状态"), value=state_of, names=STATE_NAMES, narrow=True),
    ),
    sort="-day",
    rows=_charges,
    filters=(
        Filter(
            key="state",
            label=N_("全部"),
            names=STATE_NAMES,
            condition=state_is,
            as_tabs=True,
        ),
        Filter(
            key="client",
            label=N_("全部客户"),
            read=UUID,
            choices=_clients,
            condition=lambda client_id: Charge.client_id == client_id,
        ),
        Filter(
            key="month",
            label=N_("全部月份"),
            read=month_of,
            choices=_months,
            condition=lambda month: _in_month(Charge.day, month),
        ),
        Filter(
            key="category",
            label=N_("全部类别"),
            names=CATEGORY_NAMES,
            condition=lambda category: Charge.category == category,
        ),
    ),
    matches=_charge_matches,
    search_label=N_("项目、服务单号或客户"),
)


def uncharged_rows() -> Any:
    """Visits that made no charge, as the list shows them."""
    return (
        select(
            *columns_of(
                UnchargedRow,
                RatedRecord,
                client_name=Client.short_name,
                ticket_number=Ticket.number,
                subject=Ticket.subject,
            )
        )
        .join(Client, and_(Client.tenant_id == RatedRecord.tenant_id, Client.id == RatedRecord.client_id))
        .join(Ticket, and_(Ticket.tenant_id == RatedRecord.tenant_id, Ticket.id == RatedRecord.ticket_id))
        .where(RatedRecord.source_kind == SourceKind.VISIT, RatedRecord.outcome != Outcome.CHARGED)
    )


async def _uncharged(work: UnitOfWork, wanted: Wanted) -> Found[UnchargedRow]:
    found = await select_rows(work, uncharged_rows(), wanted)
    return [(UnchargedRow(*row), value) for row, value in found]


def _uncharged_matches(word: str) -> Any:
    return contains(word, Ticket.number, Ticket.subject, Client.name, Client.short_name)


NOT_CHARGED: Final = {
    outcome: name for outcome, name in OUTCOME_NAMES.items() if outcome not in (Outcome.CHARGED, Outcome.QUOTED)
}

UNCHARGED: Final = RecordList(
    key="uncharged_work",
    label=N_("没有计费的服务"),
    base=UNCHARGED_BASE,
    permission=RatingPermission.CHARGE_READ,
    record_kind="charge",
    id=RatedRecord.id,
    title=Ticket.number,
    columns=(
        Column(key="subject", label=N_("服务单"), main=True, width=40),
        Column(key="ticket_number", label=N_("单号"), narrow=True),
        Column(key="day", label=N_("日期"), sort=RatedRecord.day, falling=True, narrow=True),
        Column(key="client_name", label=N_("客户"), sort=Client.short_name),
        Column(
            key="minutes",
            label=N_("用时（分钟）"),
            value=lambda row: row.minutes_inside + row.minutes_outside,
            narrow=True,
            number=True,
        ),
        Column(key="outcome", label=N_("结果"), names=OUTCOME_NAMES, narrow=True),
        Column(key="reason", label=N_("原因"), names=REASON_TEXTS, width=60),
    ),
    sort="-day",
    rows=_uncharged,
    filters=(
        Filter(
            key="outcome",
            label=N_("全部"),
            names=NOT_CHARGED,
            condition=lambda outcome: RatedRecord.outcome == outcome,
            as_tabs=True,
        ),
        Filter(
            key="client",
            label=N_("全部客户"),
            read=UUID,
            choices=_clients,
            condition=lambda client_id: RatedRecord.client_id == client_id,
        ),
        Filter(
            key="month",
            label=N_("全部月份"),
            read=month_of,
            choices=_months,
            condition=lambda month: _in_month(RatedRecord.day, month),
        ),
    ),
    matches=_uncharged_matches,
    search_label=N_("服务单号、问题或客户"),
)

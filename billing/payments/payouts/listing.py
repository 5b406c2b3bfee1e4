"""The list of payouts."""

from typing import Any, Final

from sqlalchemy import ColumnElement, select

from app.platform.kernel.text_search import contains
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists import Column, Filter, Found, RecordList, Wanted, select_rows
from billing.payments.listing import yuan
from billing.payments.payouts.models import Payout
from billing.payments.payouts.schemas import PayoutView
from billing.payments.payouts.service import payout_view
from billing.payments.payouts.states import PAYOUT_STATE_NAMES, PayoutState
from billing.payments.permissions import PaymentPermission

BASE: Final = "/workspace/payments/payouts"
_ROWS: Final[Any] = select(Payout)


async def _payouts(work: UnitOfWork, wanted: Wanted) -> Found[PayoutView]:
    return [(payout_view(*row), value) for row, value in await select_rows(work, _ROWS, wanted)]


def payout_matches(word: str) -> ColumnElement[bool]:
    """Payouts whose number at the provider holds the word."""
    return contains(word, Payout.gateway_payout_id)


PAYOUTS: Final = RecordList(
    key="payouts",
    label=N_("结算款"),
    base=BASE,
    permission=PaymentPermission.PAYMENT_READ,
    record_kind="payout",
    id=Payout.id,
    title=Payout.gateway_payout_id,
    columns=(
        Column(key="gateway_payout_id", label=N_("结算编号"), main=True),
        Column(key="arrives_on", label=N_("到账日期"), sort=Payout.arrives_on, falling=True, narrow=True),
        Column(
            key="amount",
            label=N_("金额"),
            value=lambda payout: yuan(payout.amount, payout.currency),
            sort=Payout.amount,
            number=True,
        ),
        Column(key="state", label=N_("状态"), names=PAYOUT_STATE_NAMES, narrow=True),
        Column(
            key="matched",
            label=N_("银行流水"),
            names={True: N_("已对上"), False: N_("待核对")},
            value=lambda payout: payout.bank_line_id is not None,
            narrow=True,
        ),
    ),
    sort="-arrives_on",
    rows=_payouts,
    filters=(
        Filter(
            key="matched",
            label=N_("全部"),
            names={"no": N_("待核对银行流水")},
            condition=lambda _: Payout.bank_line_id.is_(None) & (Payout.state != PayoutState.FAILED),
            as_tabs=True,
        ),
        Filter(
            key="state",
            label=N_("全部状态"),
            names=PAYOUT_STATE_NAMES,
            read=PayoutState,
            condition=lambda state: Payout.state == state,
        ),
    ),
    matches=payout_matches,
    search_label=N_("结算编号"),
)

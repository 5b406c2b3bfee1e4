"""The list of recovery cases."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from app.platform.kernel.text_search import contains
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists import Choices, Column, Filter, Found, RecordList, Wanted, select_rows
from billing.data_recovery.models import RecoveryCase
from billing.data_recovery.permissions import RecoveryPermission
from billing.data_recovery.schemas import RecoverySummary
from billing.data_recovery.services.reading import CASE_ROWS, summary_of
from billing.data_recovery.states import ENDED, OVER, STATE_NAMES
from billing.money import Money

BASE: Final = "/workspace/recoveries"
GROUPS: Final = {"ended": N_("待归还"), "over": N_("已结束")}
_OF_GROUP: Final = {"ended": sorted(ENDED), "over": sorted(OVER)}


async def _cases(work: UnitOfWork, wanted: Wanted) -> Found[RecoverySummary]:
    return [(summary_of(row[0]), value) for row, value in await select_rows(work, CASE_ROWS, wanted)]


async def _clients(work: UnitOfWork, _: Mapping[str, str]) -> Choices:
    rows = await work.session.execute(
        select(RecoveryCase.client_id, func.max(RecoveryCase.client_name).label("name"))
        .group_by(RecoveryCase.client_id)
        .order_by("name", RecoveryCase.client_id)
    )
    return [(str(row.client_id), row.name) for row in rows]


def case_matches(word: str) -> ColumnElement[bool]:
    """Cases whose number, client or wish holds the word."""
    return contains(word, RecoveryCase.number, RecoveryCase.wanted, RecoveryCase.client_name)


RECOVERIES: Final = RecordList(
    key="recoveries",
    label=N_("数据恢复"),
    base=BASE,
    permission=RecoveryPermission.RECOVERY_CASE_READ,
    record_kind="recovery_case",
    id=RecoveryCase.id,
    title=RecoveryCase.number,
    columns=(
        Column(key="number", label=N_("案件"), sort=RecoveryCase.number, main=True, narrow=True),
        Column(key="client_name", label=N_("客户"), sort=RecoveryCase.client_name, width=30),
        Column(key="state", label=N_("状态"), names=STATE_NAMES, sort=RecoveryCase.state, narrow=True),
        Column(key="wanted", label=N_("要恢复什么"), width=40, optional=True),
        Column(key="probability", label=N_("可能性（%）"), number=True),
        Column(
            key="fee_minor",
            label=N_("费用"),
            note=N_("（元）"),
            value=lambda case: (
                None if case.fee_minor is None else float(Money(case.fee_minor, case.fee_currency).value)
            ),
            number=True,
        ),
        Column(key="giver_name", label=N_("交件人"), shown=False),
        Column(key="opened_at", label=N_("登记时间"), sort=RecoveryCase.opened_at, falling=True, narrow=True),
    ),
    sort="-opened_at",
    rows=_cases,
    filters=(
        Filter(
            key="group",
            label=N_("进行中"),
            names=GROUPS,
            condition=lambda group: RecoveryCase.state.in_(_OF_GROUP[group]),
            otherwise=RecoveryCase.state.not_in([*ENDED, *OVER]),
            as_tabs=True,
        ),
        Filter(
            key="client",
            label=N_("全部客户"),
            choices=_clients,
            read=UUID,
            condition=lambda client_id: RecoveryCase.client_id == client_id,
        ),
    ),
    matches=case_matches,
    search_label=N_("案件、客户或内容"),
)

"""The lists of corrective actions: headquarters' of all partners, and a partner's own."""

from typing import Final

from sqlalchemy import ColumnElement, select, true

from app.platform.kernel.text_search import contains
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists import Column, Filter, Found, RecordList, Wanted, select_rows
from rbac import Permission
from tenants.corrective_actions.lifecycle import ENDED, STATE_NAMES, ActionState
from tenants.corrective_actions.models import CorrectiveAction
from tenants.corrective_actions.schemas import ActionSummary
from tenants.corrective_actions.services.records import summary_of, today_of
from tenants.partner_metrics import MEASURE_NAMES

GOING_ON: Final = CorrectiveAction.state.not_in(sorted(ENDED))
_TABS: Final = {"done": STATE_NAMES[ActionState.DONE], "ended": N_("已结束"), "all": N_("全部")}
_OF_TAB: Final = {
    "done": CorrectiveAction.state == ActionState.DONE,
    "ended": CorrectiveAction.state.in_(sorted(ENDED)),
    "all": true(),
}


async def _rows(work: UnitOfWork, wanted: Wanted) -> Found[ActionSummary]:
    today = today_of(work)
    return [
        (summary_of(row[0], today), value) for row, value in await select_rows(work, select(CorrectiveAction), wanted)
    ]


def _matches(word: str) -> ColumnElement[bool]:
    return contains(word, CorrectiveAction.number, CorrectiveAction.partner_name, CorrectiveAction.owner_name)


def _list(key: str, base: str, partner: tuple[Column, ...]) -> RecordList[ActionSummary]:
    return RecordList(
        key=key,
        label=N_("整改单"),
        base=base,
        permission=Permission.CORRECTIVE_ACTION_READ,
        record_kind="corrective_action",
        id=CorrectiveAction.id,
        title=CorrectiveAction.number,
        columns=(
            Column(key="number", label=N_("整改单"), sort=CorrectiveAction.number, main=True, width=16),
            *partner,
            Column(key="state", label=N_("状态"), names=STATE_NAMES, sort=CorrectiveAction.state, narrow=True),
            Column(key="measure", label=N_("指标"), names=MEASURE_NAMES, sort=CorrectiveAction.measure),
            Column(
                key="month",
                label=N_("月份"),
                value=lambda row: f"{row.month:%Y-%m}",
                sort=CorrectiveAction.month,
                falling=True,
                narrow=True,
                width=10,
            ),
            Column(key="value", label=N_("数值"), number=True),
            Column(key="limit", label=N_("限值"), number=True, optional=True),
            Column(key="owner_name", label=N_("负责人"), sort=CorrectiveAction.owner_name),
            Column(key="due_on", label=N_("完成期限"), sort=CorrectiveAction.due_on, narrow=True, width=12),
            Column(key="recheck_on", label=N_("复查"), sort=CorrectiveAction.recheck_on, narrow=True, width=12),
            Column(
                key="opened_at",
                label=N_("开出"),
                sort=CorrectiveAction.opened_at,
                falling=True,
                shown=False,
                narrow=True,
            ),
        ),
        sort="-opened_at",
        rows=_rows,
        filters=(
            Filter(
                key="state",
                label=N_("进行中"),
                names=_TABS,
                condition=lambda tab: _OF_TAB[tab],
                otherwise=GOING_ON,
                as_tabs=True,
            ),
            Filter(
                key="measure",
                label=N_("全部指标"),
                names=MEASURE_NAMES,
                condition=lambda measure: CorrectiveAction.measure == measure,
            ),
        ),
        matches=_matches,
        search_label=N_("编号、服务商或负责人") if partner else N_("编号或负责人"),
    )


_PARTNER: Final = (Column(key="partner_name", label=N_("服务商"), sort=CorrectiveAction.partner_name, width=30),)
HQ_ACTIONS: Final = _list("hq_corrective_actions", "/hq/corrective-actions", _PARTNER)
OWN_ACTIONS: Final = _list("corrective_actions", "/workspace/corrective-actions", ())
